import { ALERTS, DASHBOARD } from '../support/chart-queries';
import type { IService } from 'kubernetes-models/v1/Service';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWithHelm, notes, only, render, REQUIRED, type Values } from '../support/helm';
import { containerOf } from '../support/pods';

const NGINX = 'nginx.ingress.kubernetes.io/';

describeWithHelm('An Ingress', () => {
  const annotationsOf = (ingress: object, more: Values = {}) =>
    only(
      render({ ...REQUIRED, ...more, ingress: { enabled: true, hosts: ['a.example.com'], ...ingress } }),
      'Ingress',
    ).metadata.annotations;

  it('of nginx neither ends a silent stream, nor holds it back, nor refuses a large body', () => {
    expect(annotationsOf({})).toEqual({
      [`${NGINX}proxy-read-timeout`]: '3600',
      [`${NGINX}proxy-send-timeout`]: '3600',
      [`${NGINX}proxy-buffering`]: 'off',
      [`${NGINX}proxy-body-size`]: '10485760',
    });
    const config = { COMPLETIONS_MAX_BODY: 52_428_800 };
    expect(annotationsOf({}, { config })).toMatchObject({ [`${NGINX}proxy-body-size`]: '52428800' });
  });

  it('takes an annotation of yours before its own', () => {
    const annotations = { [`${NGINX}proxy-read-timeout`]: '600' };
    expect(annotationsOf({ annotations })).toMatchObject(annotations);
  });

  it('of another class has no annotation but yours', () => {
    expect(annotationsOf({ className: 'alb' })).toBeUndefined();
    expect(annotationsOf({ className: 'alb', annotations: { a: 'b' } })).toEqual({ a: 'b' });
  });
});

describeWithHelm('A route', () => {
  const routeOf = (more: object = {}) =>
    only(
      render({ ...REQUIRED, httpRoute: { enabled: true, parentRefs: [{ name: 'public' }], ...more } }),
      'HTTPRoute',
    ).spec;

  it('sets no limit to how long an answer takes', () => {
    expect(routeOf().rules?.[0]).toMatchObject({
      timeouts: { request: '0s' },
      backendRefs: [{ name: 'parley', port: 80 }],
    });
  });

  it('leaves that to the Gateway where it is told to', () => {
    expect(routeOf({ requestTimeout: '' }).rules?.[0]?.timeouts).toBeUndefined();
  });
});

describeWithHelm('A proxy before Parley', () => {
  const trust = (values: Values) => only(render({ ...REQUIRED, ...values }), 'ConfigMap').data.TRUST_PROXY;
  const ingress = { enabled: true, hosts: ['a.example.com'] };

  it('is believed about its callers where the chart has set it up', () => {
    expect([trust({}), trust({ ingress }), trust({ ingress, config: { TRUST_PROXY: 2 } })]).toEqual([
      undefined,
      '1',
      '2',
    ]);
    expect(trust({ httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] } })).toBe('1');
  });
});

describeWithHelm('Prometheus', () => {
  const metrics = {
    serviceMonitor: { enabled: true, labels: { a: 'b' } },
    prometheusRule: { enabled: true },
    dashboard: { enabled: true },
  };
  const manifests = () => render({ ...REQUIRED, metrics });

  it('finds the service of metrics, and only that', () => {
    const { spec, metadata } = only(manifests(), 'ServiceMonitor');
    const wanted = Object.entries(spec.selector.matchLabels ?? {});
    const services = manifests().filter(({ kind }) => kind === 'Service') as IService[];
    const found = services.filter(({ metadata: own }) =>
      wanted.every(([name, value]) => own?.labels?.[name] === value),
    );
    expect(found.map((service) => service.metadata?.name)).toEqual(['parley-metrics']);
    expect(spec.endpoints[0]?.port).toBe(found[0]?.spec?.ports?.[0]?.name);
    expect(metadata.labels).toMatchObject({ a: 'b' });
  });

  it('gives the series one job, whatever the release is called', () => {
    const [endpoint] = only(manifests(), 'ServiceMonitor').spec.endpoints;
    expect(endpoint?.relabelings).toEqual([{ targetLabel: 'job', replacement: 'parley' }]);
  });

  it('gets the alerts and the dashboard as they are in files/', () => {
    expect(only(manifests(), 'PrometheusRule').spec).toEqual(ALERTS.file);
    const named = manifests().filter(({ metadata }) => metadata.name === 'parley-dashboard');
    const { data } = only(named, 'ConfigMap');
    expect(JSON.parse(data['parley.json']!)).toEqual(DASHBOARD);
  });
});

describeWithHelm('`helm test`', () => {
  it.each([
    ['passes when Parley is ready and serves its page', 200, 'text/html', 0],
    ['fails when Parley is not ready', 503, 'text/html', 1],
    ['fails when something else answers in the place of the page', 200, 'application/json', 1],
  ])('%s', async (_, status, pageType, exitCode) => {
    const server = createServer(({ url }, response) => {
      const isPage = url === '/';
      response
        .writeHead(isPage ? 200 : status, { 'content-type': isPage ? pageType : 'application/json' })
        .end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      await expect(runTest(`http://127.0.0.1:${port}`)).resolves.toBe(exitCode);
    } finally {
      server.close();
    }
  });

  it('fails when nobody answers', async () => {
    await expect(runTest('http://127.0.0.1:9')).resolves.toBe(1);
  });

  async function runTest(PARLEY_URL: string): Promise<unknown> {
    const { command } = containerOf(render(REQUIRED), 'Pod parley-test');
    const [node, ...parameters] = command as [string, ...string[]];
    const child = spawn(node, parameters, { env: { PATH: process.env.PATH, PARLEY_URL }, stdio: 'ignore' });
    const [status] = (await once(child, 'close')) as [number];
    return status;
  }

  it('asks the service of the release', () => {
    const { env } = containerOf(render({ ...REQUIRED, service: { port: 8080 } }), 'Pod parley-test');
    expect(env).toEqual([{ name: 'PARLEY_URL', value: 'http://parley:8080' }]);
  });
});

describeWithHelm('The notes', () => {
  it('say where Parley is, who signs in first, and how to test it', () => {
    const said = notes({ ...REQUIRED, ingress: { enabled: true, hosts: ['parley.example.com'] } });
    expect(said).toContain('http://parley.example.com');
    expect(said).toContain('parley users:create --username admin --role admin');
    expect(said).toContain('test parley');
    expect(said).toContain('demo model');
  });

  it('leave out what is settled', () => {
    const admin = { username: 'ana', existingSecret: 'parley-admin' };
    const said = notes({
      ...REQUIRED,
      admin,
      providers: { existingSecret: 'keys' },
      config: { TRUST_PROXY: 1 },
    });
    expect(said).toContain('Sign in as ana');
    expect(said).not.toMatch(/users:create|demo model|reverse proxy/);
  });
});

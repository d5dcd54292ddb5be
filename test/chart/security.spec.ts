import type { IService } from 'kubernetes-models/v1/Service';
import { describeWithHelm, EXAMPLES, only, render, REQUIRED, type Manifest } from '../support/helm';
import { breachesOfRestricted, podsOf } from '../support/pods';

const ALL: typeof EXAMPLES = [...EXAMPLES, ['only what is required', REQUIRED]];

const servicesOf = (manifests: readonly Manifest[]) =>
  manifests.filter(({ kind }) => kind === 'Service') as (Manifest & IService)[];

describeWithHelm('Every pod of the chart', () => {
  it.each(ALL)('fits the restricted pod security standard: %s', (_, values) => {
    const pods = podsOf(render(values));
    for (const [name, { spec }] of pods) expect([name, breachesOfRestricted(spec)]).toEqual([name, []]);
    expect([...pods.keys()].map((name) => name.split(' ')[0])).toEqual(
      expect.arrayContaining(['Deployment', 'Pod']),
    );
  });

  it.each(ALL)('runs as user 1000, writes nowhere but into /tmp, and has no token: %s', (_, values) => {
    for (const { spec } of podsOf(render(values)).values()) {
      expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(spec.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000 });
      for (const { securityContext, volumeMounts = [] } of spec.containers) {
        expect(securityContext?.readOnlyRootFilesystem).toBe(true);
        expect(volumeMounts.filter(({ mountPath }) => mountPath !== '/tmp')).toEqual([]);
      }
    }
  });

  it('leaves the choice of the user to a platform that makes it', () => {
    const pods = [...podsOf(render({ ...REQUIRED, runAsUser: null })).values()];
    expect(pods.map(({ spec }) => spec.securityContext)).toEqual(
      pods.map(() => ({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })),
    );
  });

  it('can be told apart, so that no service leads to a migration or a test', () => {
    const manifests = render(REQUIRED);
    for (const { spec } of servicesOf(manifests)) {
      const found = [...podsOf(manifests)].filter(([, { labels }]) =>
        Object.entries(spec?.selector ?? {}).every(([name, value]) => labels[name] === value),
      );
      expect(found.map(([name]) => name)).toEqual(['Deployment parley']);
    }
  });

  it('has an account without a token', () => {
    expect(only(render(REQUIRED), 'ServiceAccount').automountServiceAccountToken).toBe(false);
  });
});

describeWithHelm('Metrics', () => {
  const reached = [
    ['an Ingress', { ingress: { enabled: true, hosts: ['parley.example.com'] } }],
    ['a route', { httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] } }],
    ['a load balancer', { service: { type: 'LoadBalancer' } }],
  ] as const;

  it.each([...reached.map(([name, values]) => [name, { ...REQUIRED, ...values }] as const), ...EXAMPLES])(
    'are on no service that the outside can reach: %s',
    (_, values) => {
      const manifests = render(values);
      const [open, closed] = servicesOf(manifests) as [Manifest & IService, Manifest & IService];
      expect(open.spec?.ports?.map(({ name, targetPort }) => [name, targetPort])).toEqual([['http', 'http']]);
      expect(closed.spec).toMatchObject({ clusterIP: 'None', ports: [{ name: 'metrics', port: 9464 }] });
      expect(closed.spec?.type).toBeUndefined();
      const ways = manifests.filter(({ kind }) => kind === 'Ingress' || kind === 'HTTPRoute');
      expect(JSON.stringify(ways)).not.toMatch(/metrics|9464/);
    },
  );

  it('have a port of their own on the pods', () => {
    const [container] = podsOf(render(REQUIRED)).get('Deployment parley')!.spec.containers;
    expect(container?.ports).toEqual([
      { name: 'http', containerPort: 3000 },
      { name: 'metrics', containerPort: 9464 },
    ]);
  });
});

describeWithHelm('The network policy', () => {
  const policy = (networkPolicy: object, more: object = {}) =>
    only(
      render({ ...REQUIRED, ...more, networkPolicy: { enabled: true, ...networkPolicy } }),
      'NetworkPolicy',
    ).spec;

  const proxies = { namespaceSelector: { matchLabels: { name: 'proxies' } } };
  const prometheus = { namespaceSelector: { matchLabels: { name: 'monitoring' } } };

  it('is for the servers, in both directions', () => {
    const { podSelector, policyTypes } = policy({}) ?? {};
    expect(podSelector?.matchLabels).toMatchObject({ 'app.kubernetes.io/component': 'server' });
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
  });

  it('lets anybody call, and nobody read metrics, until it is told who may', () => {
    expect(policy({})?.ingress).toEqual([{ ports: [{ port: 'http' }] }]);
  });

  it('lets in who is named, and the test of the release', () => {
    const [http, metrics] = policy({ httpFrom: [proxies], metricsFrom: [prometheus] })?.ingress ?? [];
    expect(http?.from?.[0]).toEqual(proxies);
    expect(http?.from?.[1]?.podSelector?.matchLabels).toEqual({
      'app.kubernetes.io/name': 'parley',
      'app.kubernetes.io/instance': 'parley',
      'app.kubernetes.io/component': 'test',
    });
    expect(http?.from).toHaveLength(2);
    expect(metrics).toEqual({ ports: [{ port: 'metrics' }], from: [prometheus] });
  });

  it('lets pods that migrate out past the pooler, and no others', () => {
    const values = { database: { existingSecret: 'db', direct: { existingSecret: 'owner' } } };
    const out = (mode: string) =>
      policy({ databasePort: 6432, directTo: [prometheus] }, { ...values, migrations: { mode } })?.egress;
    const direct = { ports: [{ port: 5432 }], to: [prometheus] };
    expect(out('auto')).toContainEqual(direct);
    expect(out('job')).not.toContainEqual(direct);
  });

  it.each([
    ['http://collector:4318', 4318],
    ['https://otlp.example.com', 443],
    ['http://otlp.example.com/v1', 80],
  ])('lets out to DNS, the database, models and %s', (otlpEndpoint, port) => {
    const extra = { ports: [{ port: 8000 }] };
    const ports = policy({ databasePort: 6432, extraEgress: [extra] }, { tracing: { otlpEndpoint } })?.egress;
    expect(ports?.map((rule) => rule.ports?.map((one) => one.port))).toEqual([
      [53, 53],
      [6432],
      [443],
      [port],
      [8000],
    ]);
  });
});

describeWithHelm('The Ingress and the route', () => {
  it('lead to the service that is open', () => {
    const ingress = { enabled: true, hosts: ['parley.example.com'] };
    const { spec } = only(render({ ...REQUIRED, ingress }), 'Ingress');
    const backends = spec?.rules?.flatMap(({ http }) => http?.paths.map(({ backend }) => backend.service));
    expect(backends).toEqual([{ name: 'parley', port: { name: 'http' } }]);
  });
});

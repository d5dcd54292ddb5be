import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHART, describeWithHelm, render, renderText, REQUIRED } from '../support/helm';

describeWithHelm('The chart', () => {
  it('lists everything that has to be set, at once', () => {
    const names = ['image.repository', 'database.existingSecret', 'auth.existingSecret'];
    for (const name of names) expect(() => render({})).toThrow(`Set ${name} to `);
    expect(render(REQUIRED)).not.toEqual([]);
  });

  it('asks for what a switch needs', () => {
    const values = {
      ...REQUIRED,
      ingress: { enabled: true },
      httpRoute: { enabled: true },
      admin: { username: 'admin' },
    };
    for (const name of ['ingress.hosts', 'httpRoute.parentRefs', 'admin.existingSecret'])
      expect(() => render(values)).toThrow(`Set ${name} to `);
  });

  it.each([
    ['on top', { replicas: 3 }],
    ['in a group', { database: { ...REQUIRED.database, url: 'postgres://host/parley' } }],
    ['among the settings', { config: { LOGLEVEL: 'debug' } }],
    ['that is a secret, among the settings', { config: { JWT_SECRET: 'x'.repeat(32) } }],
    ['that another value decides, among the settings', { config: { DRAIN_SECONDS: 5 } }],
    ['of the wrong type', { replicaCount: 'two' }],
    ['that no service can be named', { fullnameOverride: 'parley.chat' }],
    ['that YAML has made a boolean of', { config: { GUESTS: false } }],
  ])('refuses a value %s', (_, values) => {
    expect(() => render({ ...REQUIRED, ...values })).toThrow("don't meet the specifications of the schema");
  });

  it('lets values for other charts of the same release be', () => {
    expect(render({ ...REQUIRED, global: { anything: { at: 'all' } } })).not.toEqual([]);
  });

  it('refuses to end a pod before its replies may have ended', () => {
    const values = { ...REQUIRED, drainSeconds: 60 };
    expect(() => render({ ...values, terminationGracePeriodSeconds: 84 })).toThrow(
      'Set terminationGracePeriodSeconds to 85 at least',
    );
    expect(render({ ...values, terminationGracePeriodSeconds: 85 })).not.toEqual([]);
  });

  it('refuses more pods at least than at most', () => {
    const autoscaling = { enabled: true, minReplicas: 11 };
    expect(() => render({ ...REQUIRED, autoscaling })).toThrow('Set autoscaling.maxReplicas');
  });

  it('refuses a secret in plain sight', () => {
    const extraEnv = [{ name: 'OPENAI_API_KEY', value: 'a key' }];
    expect(() => render({ ...REQUIRED, extraEnv })).toThrow('Give OPENAI_API_KEY of extraEnv by valueFrom');
    const valueFrom = { secretKeyRef: { name: 'keys', key: 'openai' } };
    expect(render({ ...REQUIRED, extraEnv: [{ name: 'OPENAI_API_KEY', valueFrom }] })).not.toEqual([]);
  });

  it.each([
    ['prometheusRule', 'alerts.yaml', 'groups: []'],
    ['dashboard', 'dashboard.json', '{ "title": "Parley" }'],
  ])('says which file metrics.%s lacks', (name, file, content) => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-chart-'));
    try {
      const chart = join(folder, 'parley');
      cpSync(CHART, chart, { recursive: true });
      const path = join(chart, 'files', file);
      const values = { ...REQUIRED, metrics: { [name]: { enabled: true } } };
      if (existsSync(path)) rmSync(path);
      expect(() => renderText(values, chart)).toThrow(`files/${file} is not in this chart`);
      writeFileSync(path, content);
      expect(renderText(values, chart)).toContain(content);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

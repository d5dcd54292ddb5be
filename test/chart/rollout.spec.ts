import { version } from '../../package.json';
import { describeWithHelm, only, render, REQUIRED, type Values } from '../support/helm';
import { containerOf, environmentOf } from '../support/pods';

const specOf = (values: Values = {}) => only(render({ ...REQUIRED, ...values }), 'Deployment').spec!;
const podOf = (values: Values = {}) => specOf(values).template.spec!;

describeWithHelm('A rollout', () => {
  it('takes no pod away before another one is ready', () => {
    expect(specOf().strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
  });

  it('follows a change of the settings, and nothing else', () => {
    const sum = (values: Values) => specOf(values).template.metadata?.annotations?.['checksum/config'];
    expect(sum({ config: { LOG_LEVEL: 'debug' } })).not.toBe(sum({}));
    expect(sum({ replicaCount: 5 })).toBe(sum({}));
  });

  it.each([
    [15, undefined, 40],
    [120, undefined, 145],
    [0, undefined, 25],
    [15, 300, 300],
  ])('gives a drain of %s s and a wish for %s s as much as %s s', (drainSeconds, wish, seconds) => {
    const values = { drainSeconds, ...(wish && { terminationGracePeriodSeconds: wish }) };
    expect(podOf(values).terminationGracePeriodSeconds).toBe(seconds);
  });

  it('keeps a pod listening until load balancers know that it leaves', () => {
    expect(podOf().containers[0]?.lifecycle?.preStop).toEqual({ sleep: { seconds: 5 } });
  });

  it('asks whether a pod lives apart from whether it is ready', () => {
    const [{ startupProbe, livenessProbe, readinessProbe } = {}] = podOf({ startupSeconds: 61 }).containers;
    expect(startupProbe).toMatchObject({ httpGet: { path: '/health/live' }, failureThreshold: 31 });
    expect(livenessProbe?.httpGet).toEqual({ path: '/health/live', port: 'http' });
    expect(readinessProbe?.httpGet).toEqual({ path: '/health/ready', port: 'http' });
  });

  it('spreads pods over zones and hosts, and starts them all the same where it cannot', () => {
    const constraints = podOf().topologySpreadConstraints;
    expect(
      constraints?.map(({ topologyKey, whenUnsatisfiable }) => [topologyKey, whenUnsatisfiable]),
    ).toEqual([
      ['topology.kubernetes.io/zone', 'ScheduleAnyway'],
      ['kubernetes.io/hostname', 'ScheduleAnyway'],
    ]);
    const own = { topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
    expect(podOf({ topologySpreadConstraints: [own] }).topologySpreadConstraints).toEqual([own]);
  });

  it('takes an image by its digest where there is one', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const image = (more: object) => podOf({ image: { repository: 'parley', ...more } }).containers[0]?.image;
    expect([image({}), image({ tag: '1.2.3' }), image({ tag: '1.2.3', digest })]).toEqual([
      `parley:${version}`,
      'parley:1.2.3',
      `parley@${digest}`,
    ]);
  });

  it('hands on what pods need besides', () => {
    const values = {
      extraEnv: [{ name: 'TZ', value: 'UTC' }],
      extraEnvFrom: [{ configMapRef: { name: 'more' } }],
      extraVolumes: [{ name: 'ca', secret: { secretName: 'ca' } }],
      extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca' }],
      podLabels: { team: 'chat', 'app.kubernetes.io/component': 'other' },
      podAnnotations: { note: 'one' },
      nodeSelector: { disk: 'fast' },
      tolerations: [{ key: 'busy', operator: 'Exists' }],
      affinity: { podAntiAffinity: {} },
      priorityClassName: 'high',
      imagePullSecrets: [{ name: 'registry' }],
    };
    const { metadata, spec } = specOf(values).template;
    const { nodeSelector, tolerations, affinity, priorityClassName, imagePullSecrets } = values;
    expect(spec).toMatchObject({ nodeSelector, tolerations, affinity, priorityClassName, imagePullSecrets });
    expect(spec?.volumes).toContainEqual(values.extraVolumes[0]);
    expect(spec?.containers[0]?.volumeMounts).toContainEqual(values.extraVolumeMounts[0]);
    expect(spec?.containers[0]?.env).toContainEqual(values.extraEnv[0]);
    expect(spec?.containers[0]?.envFrom).toContainEqual(values.extraEnvFrom[0]);
    expect(metadata?.labels).toMatchObject({ team: 'chat', 'app.kubernetes.io/component': 'server' });
    expect(metadata?.annotations).toMatchObject({ note: 'one' });
  });
});

describeWithHelm('The number of pods', () => {
  const autoscaling = { enabled: true, minReplicas: 3, maxReplicas: 9 };

  it('is not set where it is scaled, or an upgrade would undo the scaling', () => {
    expect(specOf({ replicaCount: 4 }).replicas).toBe(4);
    expect(specOf({ replicaCount: 4, autoscaling }).replicas).toBeUndefined();
  });

  it('grows with the use of CPU, and shrinks by one pod at a time and late', () => {
    const scaler = only(render({ ...REQUIRED, autoscaling }), 'HorizontalPodAutoscaler');
    expect(scaler.spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'parley' },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 600,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 300 }],
        },
      },
    });
  });

  it('is one less at the most while nodes are emptied', () => {
    const { spec } = only(render(REQUIRED), 'PodDisruptionBudget');
    expect(spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    expect(spec?.selector?.matchLabels).toEqual(specOf().selector.matchLabels);
  });
});

describeWithHelm('Migrations', () => {
  const twoRoles = { ...REQUIRED, database: { existingSecret: 'app', direct: { existingSecret: 'owner' } } };
  const urls = (manifests: ReturnType<typeof render>, pods: string) => {
    const environment = environmentOf(containerOf(manifests, pods));
    return ['DATABASE_URL', 'DATABASE_DIRECT_URL'].map(
      (name) => environment.get(name)?.valueFrom?.secretKeyRef,
    );
  };
  const [app, owner] = [
    { name: 'app', key: 'DATABASE_URL' },
    { name: 'owner', key: 'DATABASE_DIRECT_URL' },
  ];

  it('run in a Job before pods change, and leave a failed one to look at', () => {
    const { metadata, spec } = only(render(REQUIRED), 'Job');
    expect(metadata.annotations).toEqual({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    });
    expect(spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 1800 });
    expect(spec?.template.spec?.containers[0]?.command).toEqual(['parley', 'db:migrate']);
  });

  it('need nothing of the chart that is not there yet', () => {
    const manifests = render({ ...REQUIRED, config: { LOG_LEVEL: 'debug' } });
    const { spec } = only(manifests, 'Job');
    const pod = spec!.template.spec!;
    expect(pod.serviceAccountName).toBe('default');
    const made = manifests.filter(({ metadata }) => !metadata.annotations?.['helm.sh/hook']);
    const names = made
      .filter(({ kind }) => kind !== 'Deployment')
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toContain('ConfigMap parley');
    expect(pod.containers[0]?.envFrom).toBeUndefined();
    expect(pod.volumes).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }]);
    expect(environmentOf(pod.containers[0]!).get('LOG_LEVEL')?.value).toBe('debug');
  });

  it('alone have the role that owns the schema', () => {
    const manifests = render(twoRoles);
    expect(urls(manifests, 'Job parley-migrate')).toEqual([app, owner]);
    expect(urls(manifests, 'Deployment parley')).toEqual([app, undefined]);
  });

  it('are done by the one role where there is only one', () => {
    expect(urls(render(REQUIRED), 'Job parley-migrate')).toEqual([
      { name: 'parley-database', key: 'DATABASE_URL' },
      undefined,
    ]);
  });

  it('are done by pods where no Job does them', () => {
    const manifests = render({ ...twoRoles, migrations: { mode: 'auto' } });
    expect(manifests.filter(({ kind }) => kind === 'Job')).toEqual([]);
    expect(urls(manifests, 'Deployment parley')).toEqual([app, owner]);
  });
});

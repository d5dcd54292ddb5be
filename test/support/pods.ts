import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { Manifest } from './helm';

interface Pods {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: IPodSpec;
}

interface WithTemplate extends Manifest {
  readonly spec: { readonly template: { readonly metadata: Pods; readonly spec: IPodSpec } };
}

/** What the pods of each manifest are made from, by `Kind name`. */
export function podsOf(manifests: readonly Manifest[]): Map<string, Pods> {
  const pods = new Map<string, Pods>();
  for (const manifest of manifests) {
    const name = `${manifest.kind} ${manifest.metadata.name}`;
    if (manifest.kind === 'Pod') {
      pods.set(name, { labels: manifest.metadata.labels, spec: (manifest as Manifest & Pods).spec });
    } else if (manifest.kind === 'Deployment' || manifest.kind === 'Job') {
      const { metadata, spec } = (manifest as WithTemplate).spec.template;
      pods.set(name, { labels: metadata.labels, spec });
    }
  }
  return pods;
}

export function containerOf(manifests: readonly Manifest[], pods: string): IContainer {
  const [container] = podsOf(manifests).get(pods)?.spec.containers ?? [];
  if (!container) throw new Error(`There is no ${pods}.`);
  return container;
}

/** By name. */
export function environmentOf({ env = [] }: IContainer): Map<string, NonNullable<IContainer['env']>[number]> {
  return new Map(env.map((variable) => [variable.name, variable]));
}

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
];

/**
 * What the "restricted" pod security standard forbids of it, each a path: kubernetes.io/docs/concepts/security/
 * pod-security-standards, November 2026.
 */
export function breachesOfRestricted(spec: IPodSpec): string[] {
  const breaches = [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true),
    ...(spec.volumes ?? []).flatMap((volume) =>
      Object.keys(volume).filter((type) => ![...VOLUMES, 'secret', 'name'].includes(type)),
    ),
    spec.securityContext?.sysctls && 'sysctls',
    ...[...(spec.initContainers ?? []), ...spec.containers].flatMap((container) =>
      inContainer(spec, container),
    ),
  ];
  return breaches.filter((breach) => typeof breach === 'string');
}

function inContainer(pod: IPodSpec, { name, ports, securityContext: own = {} }: IContainer): string[] {
  const shared = pod.securityContext ?? {};
  const seccomp = (own.seccompProfile ?? shared.seccompProfile)?.type;
  const rules = {
    privileged: !own.privileged,
    allowPrivilegeEscalation: own.allowPrivilegeEscalation === false,
    runAsNonRoot: (own.runAsNonRoot ?? shared.runAsNonRoot) === true,
    runAsUser: (own.runAsUser ?? shared.runAsUser) !== 0,
    seccompProfile: seccomp === 'RuntimeDefault' || seccomp === 'Localhost',
    'capabilities.drop': own.capabilities?.drop?.includes('ALL') === true,
    'capabilities.add': (own.capabilities?.add ?? []).every((added) => added === 'NET_BIND_SERVICE'),
    procMount: own.procMount === undefined,
    seLinuxOptions: !own.seLinuxOptions && !shared.seLinuxOptions,
    hostPort: (ports ?? []).every(({ hostPort }) => hostPort === undefined),
  };
  return Object.entries(rules).flatMap(([rule, kept]) => (kept ? [] : [`${name}: ${rule}`]));
}

import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { CHART, describeWithHelm, EXAMPLES, only, render, REQUIRED, type Manifest } from '../support/helm';
import { containerOf } from '../support/pods';

const ALB = 'alb.ingress.kubernetes.io/';

const example = (name: string) => render(Object.fromEntries(EXAMPLES)[`${name}.yaml`]!);
const fileOf = (name: string) => readFileSync(join(CHART, 'examples', name), 'utf8');
const imageOf = (manifests: readonly Manifest[]) => containerOf(manifests, 'Deployment parley').image;

describeWithHelm('The values for', () => {
  it('GKE lead to Parley through a Gateway, whose load balancer lets streams be and asks for readiness', () => {
    const { spec, metadata } = only(example('gke'), 'HTTPRoute');
    expect(spec.parentRefs).toEqual([expect.objectContaining({ name: 'external-http' })]);
    const [backend, health] = parseAllDocuments(fileOf('gke-policies.yaml')).map(
      (document) => document.toJS() as { kind: string; spec: Record<string, unknown> },
    );
    expect(backend).toMatchObject({
      kind: 'GCPBackendPolicy',
      spec: { default: { timeoutSec: 3600 }, targetRef: { name: metadata.name } },
    });
    expect(JSON.stringify(health)).toContain('"requestPath":"/health/ready"');
  });

  it('EKS lead to Parley through the load balancer of AWS, by HTTPS', () => {
    const { spec, metadata } = only(example('eks'), 'Ingress');
    expect(spec?.ingressClassName).toBe('alb');
    expect(metadata.annotations).toMatchObject({
      [`${ALB}listen-ports`]: '[{"HTTPS": 443}]',
      [`${ALB}healthcheck-path`]: '/health/ready',
      [`${ALB}load-balancer-attributes`]: 'idle_timeout.timeout_seconds=3600',
    });
  });

  it('AKS lead to Parley through a Gateway that may take as long as an answer does', () => {
    const { spec } = only(example('aks'), 'HTTPRoute');
    expect(spec.hostnames).toEqual(['parley.example.com']);
    expect(spec.rules?.[0]?.timeouts).toEqual({ request: '0s' });
    expect(imageOf(example('aks'))).toMatch(/\.azurecr\.io\//);
  });

  it('minikube take the image of that machine, and one pod that migrates', () => {
    const manifests = example('minikube');
    expect(only(manifests, 'Deployment').spec?.replicas).toBe(1);
    expect(containerOf(manifests, 'Deployment parley')).toMatchObject({ imagePullPolicy: 'Never' });
    expect(only(manifests, 'ConfigMap').data.MIGRATIONS).toBe('auto');
    expect(manifests.filter(({ kind }) => kind === 'Job')).toEqual([]);
  });

  it.each([
    ['staging', 'parley.staging.example.com'],
    ['production', 'parley.example.com'],
  ])('%s lead to %s by HTTPS, with the certificate of a Secret', (name, host) => {
    const { spec } = only(example(name), 'Ingress') as IIngress;
    expect(spec?.tls).toEqual([{ secretName: 'parley-tls', hosts: [host] }]);
    expect(spec?.rules?.map((rule) => rule.host)).toEqual([host]);
  });

  it('CloudNativePG keep the database on volumes, three times, and the pods find it by its Secret', () => {
    const cluster = parse(fileOf('cloudnativepg-cluster.yaml')) as {
      metadata: { name: string };
      spec: { instances: number; storage: { size: string } };
    };
    expect(cluster.spec).toMatchObject({ instances: 3, storage: { size: '20Gi' } });
    const { env } = containerOf(example('cloudnativepg'), 'Job parley-migrate');
    expect(JSON.stringify(env)).toContain(`"${cluster.metadata.name}-app"`);
  });
});

describeWithHelm('A volume of yours', () => {
  it('is mounted where you say', () => {
    const extraVolumes = [{ name: 'lists', persistentVolumeClaim: { claimName: 'breaches' } }];
    const extraVolumeMounts = [{ name: 'lists', mountPath: '/lists', readOnly: true }];
    const manifests = render({ ...REQUIRED, extraVolumes, extraVolumeMounts });
    expect(containerOf(manifests, 'Deployment parley').volumeMounts).toEqual(
      expect.arrayContaining(extraVolumeMounts),
    );
    expect(only(manifests, 'Deployment').spec?.template.spec?.volumes).toEqual(
      expect.arrayContaining(extraVolumes),
    );
  });
});

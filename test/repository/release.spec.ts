import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { version } from '../../package.json';
import { ShellScript } from '../support/shell-script';

const ROOT = join(__dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

const IMAGE = `sha256:${'a'.repeat(64)}`;
const CHART = `sha256:${'b'.repeat(64)}`;

/** Buildx names the image's digest in a file, and Helm the chart's on stderr, as the real ones do. */
const DOCKER = `echo "docker $*" >> "$CALLS"
[ "$1" = login ] && { [ "$(cat)" = "$REGISTRY_PASSWORD" ]; exit; }
while [ $# -gt 0 ]; do [ "$1" = --metadata-file ] && echo '{"containerimage.digest": "'"$DIGEST"'"}' > "$2"; shift; done`;
const HELM = `echo "helm $*" >> "$CALLS"
case $1 in
  registry) [ "$(cat)" = "$REGISTRY_PASSWORD" ] ;;
  push) echo "Digest: ${CHART}" >&2; exit "\${PUSH:-0}" ;;
esac`;

describe('A release', () => {
  it('has one version everywhere', () => {
    const chart = parse(read('helm/parley/Chart.yaml')) as Record<string, unknown>;
    expect([chart.version, chart.appVersion]).toEqual([version, version]);
    expect(JSON.parse(read('docs/openapi.json'))).toMatchObject({ info: { version } });
    expect(JSON.parse(read('package-lock.json'))).toMatchObject({ version, packages: { '': { version } } });
    expect(read('CHANGELOG.md')).toContain(`\n## ${version}\n`);
  });

  describe('when it is published', () => {
    const script = new ShellScript('publish.sh', { docker: DOCKER, helm: HELM });

    afterAll(() => {
      script.remove();
      rmSync(join(ROOT, 'sbom.cdx.json'), { force: true });
    });

    const publish = (env: Readonly<Record<string, string>> = {}) =>
      script.run({
        REGISTRY: 'registry.example.com/Somebody',
        REGISTRY_USER: 'somebody',
        REGISTRY_PASSWORD: 'a secret',
        REVISION: 'abc',
        DIGEST: IMAGE,
        ...env,
      });

    it('pushes the image and the chart under that version, and says what is to be signed', async () => {
      const { status, calls, output } = await publish();
      expect(status).toBe(0);
      expect(calls).toEqual([
        'docker login registry.example.com --username somebody --password-stdin',
        'helm registry login registry.example.com --username somebody --password-stdin',
        expect.stringMatching(
          new RegExp(`^docker buildx build . --push --tag registry.example.com/somebody/parley:${version} `),
        ),
        expect.stringMatching(/^helm package helm\/parley /),
        expect.stringMatching(
          new RegExp(`^helm push .*/parley-${version}.tgz oci://registry.example.com/somebody/charts$`),
        ),
      ]);
      expect(output).toEqual([
        'image=registry.example.com/somebody/parley',
        `image-digest=${IMAGE}`,
        'chart=registry.example.com/somebody/charts/parley',
        `chart-digest=${CHART}`,
      ]);
    });

    it('lists every package that the image has, and none of the tests', async () => {
      await publish();
      const { bomFormat, components } = JSON.parse(read('sbom.cdx.json')) as {
        bomFormat: string;
        components: { name: string; version: string }[];
      };
      const listed = components.map((component) => `${component.name} ${component.version}`);
      const { packages } = JSON.parse(read('package-lock.json')) as {
        packages: Record<string, LockedPackage>;
      };
      const shipped = Object.entries(packages)
        .filter(
          ([path, { dev, optional, devOptional }]) =>
            path.includes('node_modules/') && !dev && !optional && !devOptional,
        )
        .map(([path, locked]) => `${path.split('node_modules/').at(-1)} ${locked.version}`);
      expect(bomFormat).toBe('CycloneDX');
      expect(shipped.length).toBeGreaterThan(200);
      expect(shipped.filter((name) => !listed.includes(name))).toEqual([]);
      expect(listed.filter((name) => /^(jest|typescript|vite) /.test(name))).toEqual([]);
    });

    it.each([
      ['the chart is refused', { PUSH: '1' }],
      ['a password is missing', { REGISTRY_PASSWORD: '' }],
    ])('says nothing where %s', async (_, env) => {
      const { status, output } = await publish(env);
      expect([status, output]).toEqual([1, ['']]);
    });
  });
});

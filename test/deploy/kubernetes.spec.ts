import 'reflect-metadata';
import { join } from 'node:path';
import ts from 'typescript';
import { type Config, parseConfig } from '../../src/config/index.js';
import { knownSettings } from './known-settings.js';
import {
  deployed,
  FOLDER,
  kustomization,
  type Manifest,
  type Pod,
  podsOf,
  templateOf,
  type Workload,
} from './manifests.js';

const SECRET = 'a-secret-of-at-least-32-characters';
const DATABASE_URL = 'postgres://shop:a-password@db-1,db-2/bazar?sslmode=verify-full';

/** Where kubernetes-types keeps the published type of a manifest. */
function moduleOf({ apiVersion }: { apiVersion: string }): string {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return `kubernetes-types/${group.split('.')[0]}/${version}.js`;
}

/** What the compiler says to each manifest as a literal of its published type: unknown fields, missing ones, wrong types. */
function typeErrors(manifests: readonly Manifest[]): string[] {
  const path = join(FOLDER, 'manifests.ts');
  const source = manifests
    .map(({ file: _, ...manifest }, index) => {
      const type = `import('${moduleOf(manifest)}').${manifest.kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === path
      ? ts.createSourceFile(name, source, languageVersion)
      : getSourceFile(name, languageVersion, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([path], options, host))
    .map(({ messageText, start = 0, file }) => {
      const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
      const {
        file: from,
        kind,
        metadata,
      } = manifests[line] ?? { file: file?.fileName, kind: '', metadata: { name: '' } };
      return `${from} ${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

const matches = (
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
) => Object.entries(selector ?? {}).every(([name, value]) => labels[name] === value);
/** By number and by name. */
const portsOf = (workload: Workload) =>
  (templateOf(workload).container.ports ?? []).flatMap(({ name, containerPort }) => [name, containerPort]);

/** Its settings, read as the role reads them. Secrets are the files that are mounted. */
function configOf({ name, env }: Pod, workload: Workload): Config {
  const { spec, container } = templateOf(workload);
  return parseConfig(env, {
    hostname: () => name,
    readFile: (path) => {
      const mount = container.volumeMounts?.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
      const volume = spec.volumes?.find((each) => each.name === mount?.name);
      const file = path.slice((mount?.mountPath.length ?? 0) + 1);
      if (volume?.secret?.items?.some((item) => item.path === file) !== true) throw new Error('no such file');
      return file === 'database-url' ? DATABASE_URL : `${SECRET}-${file}`;
    },
  });
}
describe.each([null, 'postgres'])('deploy/kubernetes, component %s', (component) => {
  const { manifests, workloads, services, budgets, policies } = deployed(component);
  const selected = (selector: Readonly<Record<string, string>> | undefined) =>
    workloads.filter((workload) => matches(selector, templateOf(workload).labels));
  const pods = workloads.flatMap(podsOf);
  const configs = workloads.flatMap((workload) => podsOf(workload).map((pod) => configOf(pod, workload)));
  const ofRole = <R extends Config['role']>(role: R) =>
    configs.filter((config): config is Extract<Config, { role: R }> => config.role === role);

  it('holds to the published types', () => {
    expect(typeErrors(manifests)).toEqual([]);
  });

  it('gives each pod settings that its role takes, and no others', () => {
    expect(configs.map(({ role }) => role).sort()).toEqual([
      ...Array<string>(3).fill('catalog'),
      ...Array<string>(2).fill('frontend'),
      ...Array<string>(2).fill('order'),
    ]);
    const own = ['POD_NAME', 'POD_IP'];
    const unknown = pods.flatMap(({ env }) => Object.keys(env).filter((name) => !knownSettings.has(name)));
    expect(unknown.filter((name) => !own.includes(name))).toEqual([]);
  });

  it('lets catalogs find each other, and everybody find them', () => {
    const addresses = ofRole('catalog').map(({ advertisedAddress }) => advertisedAddress);
    expect(new Set(addresses).size).toBe(3);
    for (const catalog of ofRole('catalog'))
      expect(catalog).toMatchObject({ addresses, writePolicy: 'majority' });
    for (const { catalogAddresses } of [...ofRole('order'), ...ofRole('frontend')]) {
      expect([...catalogAddresses].sort()).toEqual(addresses);
    }
    const orders = ofRole('order').map(({ advertisedAddress }) => advertisedAddress);
    for (const { orderAddresses } of ofRole('frontend')) expect(orderAddresses).toEqual(orders);
    const headless = services.find(({ spec }) => spec?.clusterIP === 'None');
    expect(headless?.spec).toMatchObject({ publishNotReadyAddresses: true });
    expect(workloads.find(({ kind }) => kind === 'StatefulSet')?.spec).toMatchObject({
      serviceName: headless?.metadata.name,
    });
    for (const address of [...addresses, ...orders]) {
      const host = new URL(address).hostname.split('.').at(-1);
      expect(services.map(({ metadata }) => metadata.name)).toContain(host);
    }
  });

  it('selects what there is, and reaches it at a port that it has', () => {
    for (const workload of workloads) {
      expect(selected(workload.spec?.selector.matchLabels)).toEqual([workload]);
    }
    for (const { spec } of services) {
      const found = selected(spec?.selector);
      expect(found).toHaveLength(1);
      const open = found.flatMap(portsOf);
      for (const { port, targetPort = port } of spec?.ports ?? []) expect(open).toContain(targetPort);
    }
    for (const workload of workloads) {
      const { startupProbe, livenessProbe, readinessProbe } = templateOf(workload).container;
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
        expect(portsOf(workload)).toContain(probe?.httpGet?.port);
      }
    }
  });

  it('has a budget and a network policy for each workload', () => {
    for (const { spec } of budgets) expect(selected(spec?.selector?.matchLabels)).not.toEqual([]);
    for (const workload of workloads) {
      const { labels } = templateOf(workload);
      expect(budgets.filter(({ spec }) => matches(spec?.selector?.matchLabels, labels))).toHaveLength(1);
      const applied = policies.filter(({ spec }) => matches(spec?.podSelector.matchLabels, labels));
      expect(applied.map(({ metadata }) => metadata.name)).toContain('nothing-else');
      expect(applied).toHaveLength(2);
    }
  });

  it('lets each role speak to those that it has to, at both ends', () => {
    const ends = (from: string, to: string): [boolean, boolean] => {
      const labelsOf = (component: string) => ({ 'app.kubernetes.io/component': component });
      const policy = (name: string) => policies.find(({ metadata }) => metadata.name === name)?.spec;
      const leaves = policy(from)?.egress?.some((rule) =>
        rule.to?.some(
          ({ podSelector }) => podSelector !== undefined && matches(podSelector.matchLabels, labelsOf(to)),
        ),
      );
      const enters = policy(to)?.ingress?.some(
        (rule) =>
          rule.from?.some(({ podSelector }) => matches(podSelector?.matchLabels, labelsOf(from))) ?? true,
      );
      return [leaves === true, enters === true];
    };
    const spoken = [
      ['catalog', 'catalog'],
      ['catalog', 'front-end'],
      ['order', 'catalog'],
      ['front-end', 'catalog'],
      ['front-end', 'order'],
    ] as const;
    for (const [from, to] of spoken) expect([from, to, ...ends(from, to)]).toEqual([from, to, true, true]);
    expect(ends('order', 'order')).toEqual([false, false]);
    expect(ends('order', 'front-end')[0]).toBe(false);
  });

  it('runs the image without rights, and keeps secrets out of it', () => {
    for (const workload of workloads) {
      const { spec, container } = templateOf(workload);
      expect(kustomization.images.map(({ name }) => name)).toContain(container.image);
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          fsGroup: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const claims = 'volumeClaimTemplates' in (workload.spec ?? {}) ? ['data'] : [];
      const volumes = [...claims, ...(spec.volumes ?? []).map(({ name }) => name)];
      expect(container.volumeMounts?.map(({ name }) => name).sort()).toEqual(volumes.sort());
    }
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('has the catalogs keep their books on their volumes, or in the database that a secret names, and lets them reach it', () => {
    const egress = policies.find(({ metadata }) => metadata.name === 'catalog')?.spec?.egress ?? [];
    const reaches = egress.some(({ ports }) => ports?.some(({ port }) => port === 5432));
    const claims = workloads.flatMap(({ spec }) => ('volumeClaimTemplates' in (spec ?? {}) ? ['data'] : []));
    const kinds = new Set(ofRole('catalog').map(({ database }) => database.kind));
    expect({ kinds: [...kinds], reaches, claims }).toEqual(
      component === null
        ? { kinds: ['sqlite'], reaches: false, claims: ['data'] }
        : { kinds: ['postgres'], reaches: true, claims: [] },
    );
  });
});

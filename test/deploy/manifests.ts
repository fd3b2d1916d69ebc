import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Deployment, type StatefulSet } from 'kubernetes-types/apps/v1.js';
import { type Container, type EnvVar, type Service } from 'kubernetes-types/core/v1.js';
import { type NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import { type PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { parse, parseAllDocuments } from 'yaml';

export const FOLDER = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url));

export interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
  readonly images: readonly { readonly name: string }[];
}

export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

export type Workload = (Deployment | StatefulSet) & Manifest;

/** A process that Kubernetes would run: its pod's name, its environment, and what it finds under /run/secrets and the like. */
export interface Pod {
  readonly name: string;
  readonly container: Container;
  readonly env: Readonly<Record<string, string>>;
}

/** All that one way of deploying sets up. */
export interface Deployed {
  readonly manifests: readonly Manifest[];
  readonly workloads: readonly Workload[];
  readonly services: readonly (Service & Manifest)[];
  readonly budgets: readonly (PodDisruptionBudget & Manifest)[];
  readonly policies: readonly (NetworkPolicy & Manifest)[];
}

export const kustomization = parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8')) as Kustomization;

/** `component`: a folder that is named under `components`, or null. */
export function deployed(component: string | null): Deployed {
  const patched = component === null ? [] : patchesOf(component);
  const manifests = kustomization.resources.flatMap((file) =>
    parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
      if (document.errors.length > 0) throw new Error(`${file}: ${String(document.errors[0])}`);
      const manifest = document.toJS() as Omit<Manifest, 'file'>;
      for (const { target, changes } of patched) {
        if (target.kind === manifest.kind && target.name === manifest.metadata.name)
          changes.forEach((change) => apply(manifest, change));
      }
      return { file, ...manifest };
    }),
  );
  const ofKind = <T>(...kinds: string[]) =>
    manifests.filter(({ kind }) => kinds.includes(kind)) as unknown as readonly (T & Manifest)[];
  return {
    manifests,
    workloads: ofKind<Deployment | StatefulSet>('Deployment', 'StatefulSet'),
    services: ofKind<Service>('Service'),
    budgets: ofKind<PodDisruptionBudget>('PodDisruptionBudget'),
    policies: ofKind<NetworkPolicy>('NetworkPolicy'),
  };
}

/** As RFC 6902 has it, as far as it is used here. */
interface Change {
  readonly op: 'test' | 'replace' | 'add' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

interface Patch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly changes: readonly Change[];
}

function patchesOf(component: string): Patch[] {
  const read = (file: string): unknown => parse(readFileSync(join(FOLDER, component, file), 'utf8'));
  const { patches } = read('kustomization.yaml') as { patches: { path: string; target: Patch['target'] }[] };
  return patches.map(({ path, target }) => ({ target, changes: read(path) as Change[] }));
}

function apply(manifest: object, { op, path, value }: Change): void {
  const names = path.slice(1).split('/');
  const last = names.pop() ?? '';
  let parent = manifest as Record<string, unknown>;
  for (const name of names) parent = parent[name] as Record<string, unknown>;
  const list = Array.isArray(parent) ? (parent as unknown[]) : null;
  switch (op) {
    case 'test':
      if (parent[last] !== value) throw new Error(`${path} is ${String(parent[last])}`);
      return;
    case 'replace':
      if (!(last in parent)) throw new Error(`${path} is not there`);
      parent[last] = value;
      return;
    case 'add':
      if (list !== null && last === '-') list.push(value);
      else throw new Error(`${path}: only to the end of a list`);
      return;
    case 'remove':
      if (!(last in parent)) throw new Error(`${path} is not there`);
      if (list === null) delete parent[last];
      else list.splice(Number(last), 1);
      return;
    default:
      op satisfies never;
  }
}

export function templateOf(workload: Workload) {
  const template = workload.spec?.template;
  const [container] = template?.spec?.containers ?? [];
  if (template?.spec === undefined || container === undefined)
    throw new Error(`${workload.metadata.name} runs nothing`);
  return { labels: template.metadata?.labels ?? {}, spec: template.spec, container };
}

export function podsOf(workload: Workload): Pod[] {
  const { container } = templateOf(workload);
  return Array.from({ length: workload.spec?.replicas ?? 1 }, (_, index) => {
    const name = `${workload.metadata.name}-${index}`;
    return {
      name,
      container,
      env: environmentOf(container, { 'metadata.name': name, 'status.podIP': `10.0.0.${index}` }),
    };
  });
}

/** As the kubelet makes it: config maps first, own variables over them, `$(NAME)` for those before. */
function environmentOf(container: Container, fields: Record<string, string>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? [])
    Object.assign(env, configMap(configMapRef?.name ?? ''));
  for (const variable of container.env ?? []) {
    env[variable.name] = valueOf(variable, fields).replaceAll(
      /\$\((\w+)\)/g,
      (all, name: string) => env[name] ?? all,
    );
  }
  return env;
}

function valueOf({ name, value, valueFrom }: EnvVar, fields: Record<string, string>): string {
  const given = value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ''];
  if (given === undefined) throw new Error(`${name} has no value that is known here`);
  return given;
}

function configMap(name: string): Record<string, string> {
  const generated = kustomization.configMapGenerator.find((each) => each.name === name);
  if (generated === undefined) throw new Error(`there is no config map ${name}`);
  return Object.fromEntries(
    generated.literals.map((literal) => [
      literal.slice(0, literal.indexOf('=')),
      literal.slice(literal.indexOf('=') + 1),
    ]),
  );
}

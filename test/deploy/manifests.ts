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

export const kustomization = parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8')) as Kustomization;
export const manifests: readonly Manifest[] = kustomization.resources.flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${String(document.errors[0])}`);
    return { file, ...(document.toJS() as Omit<Manifest, 'file'>) };
  }),
);

const ofKind = <T>(...kinds: string[]) =>
  manifests.filter(({ kind }) => kinds.includes(kind)) as unknown as readonly (T & Manifest)[];
export const workloads = ofKind<Deployment | StatefulSet>('Deployment', 'StatefulSet');
export const services = ofKind<Service>('Service');
export const budgets = ofKind<PodDisruptionBudget>('PodDisruptionBudget');
export const policies = ofKind<NetworkPolicy>('NetworkPolicy');

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

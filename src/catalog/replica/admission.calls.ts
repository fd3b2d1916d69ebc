import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type CatalogConfig } from '../../config/index.js';
import { type AdmissionAnswer, admitCall } from '../../contract/members.js';
import { type Admission } from '../../core/replication/api.js';
import { RpcHandlers } from '../../rpc/handlers.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ReplicaHost } from './replica.host.js';

/** An administrator's word that this catalog, which is new, is to vote without others (C3). */
@Injectable()
export class AdmissionCalls implements OnModuleInit {
  private readonly log = new Logger('Replica');

  constructor(
    private readonly handlers: RpcHandlers,
    private readonly host: ReplicaHost,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'addresses' | 'position'>,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(admitCall, ({ without }) => this.admit(without));
  }

  private async admit(without: readonly string[]): Promise<AdmissionAnswer> {
    const { addresses, position: own } = this.config;
    const positions = without.map((address) => addresses.indexOf(address));
    const unknown = without.find((_, at) => positions[at] === -1 || positions[at] === own);
    if (unknown !== undefined) return { kind: 'refused', reason: 'not a catalog', address: unknown };
    const admission = await this.host.admit(positions);
    if (admission === null) return { kind: 'refused', reason: 'stopped', address: null };
    if (admission.kind === 'admitted') {
      const left = without.length === 0 ? '' : `, without ${without.join(' and ')}`;
      this.log.warn(
        `By an administrator's word this catalog joins through those that are there${left}: what only others knew is lost`,
      );
    }
    return this.answer(admission);
  }

  private answer(admission: Admission): AdmissionAnswer {
    switch (admission.kind) {
      case 'admitted':
        return admission;
      case 'there':
      case 'not there':
        return {
          kind: 'refused',
          reason: admission.kind,
          address: this.config.addresses[admission.position] ?? null,
        };
      case 'votes already':
      case 'nobody votes':
        return { kind: 'refused', reason: admission.kind, address: null };
      default:
        return admission satisfies never;
    }
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type SupervisedProcess } from '../../contract/ops.js';
import { type ProcessAction, type ToFrontEnd } from '../../contract/supervision.js';
import { CONFIG } from '../../runtime/config.token.js';
import { SUPERVISOR, type Supervisor } from '../../runtime/supervisor.js';

/** The processes of the local cluster, which may be stopped, hung, cut off and brought back. Closed unless `npm start` opens it. */
@Injectable()
export class Playground {
  private known: readonly SupervisedProcess[] | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    @Inject(SUPERVISOR) private readonly supervisor: Supervisor | null,
  ) {
    supervisor?.listen((message) => {
      if (isProcesses(message)) this.known = message.processes;
    });
  }

  /** Null: closed. */
  processes(): readonly SupervisedProcess[] | null {
    return this.known;
  }

  /** `own`: whoever asked looks through this very process. */
  act(name: string, action: ProcessAction): 'asked' | 'closed' | 'no such process' | 'own' {
    if (this.known === null || this.supervisor === null) return 'closed';
    const process = this.known.find((known) => known.name === name);
    if (process === undefined) return 'no such process';
    if (process.address === this.config.advertisedAddress) return 'own';
    this.supervisor.tell({ kind: 'act', name, action });
    return 'asked';
  }
}

/** The supervisor is of the same release. */
function isProcesses(message: unknown): message is ToFrontEnd {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'processes';
}

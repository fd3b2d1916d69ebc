import {
  Body,
  ConflictException,
  Controller,
  GatewayTimeoutException,
  Get,
  HttpCode,
  Inject,
  Logger,
  NotFoundException,
  Post,
  UnprocessableEntityException,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { type FrontendConfig } from '../../config/index.js';
import { type AdmissionRefusal, admitCall } from '../../contract/members.js';
import { ErrorAnswer, FieldErrors } from '../../contract/public-errors.js';
import { type CallResult } from '../../contract/call.js';
import { type CatalogStatus, type Seen } from '../../contract/ops.js';
import { Guarded } from '../../http/route-rules.js';
import { Rpc } from '../../rpc/rpc.js';
import { CONFIG } from '../../runtime/config.token.js';
import { AdminTokenGuard } from '../admin/admin-token.guard.js';
import * as docs from '../admin/administration.docs.js';
import { ClusterWatch } from './cluster-watch.js';
import { AdmittedAnswer, MemberAnswer, MemberToAdmit } from './members.dto.js';

const TIMEOUT_MS = 2_000;

const REFUSALS: Readonly<Record<AdmissionRefusal, (catalog: string, address: string) => string>> = {
  'votes already': (catalog) => `${catalog} votes: it needs nobody's word`,
  there: (_, address) => `${address} is there, and what it knows need not be given up`,
  'not there': (catalog, address) => `${catalog} does not hear ${address}: start that, or leave it out too`,
  'nobody votes': () => 'None of those that are left has a disk with books: restore a backup',
  'not a catalog': (catalog, address) => `${catalog} knows no other catalog ${address}`,
  stopped: (catalog) => `${catalog} is stopping, or its store has failed`,
};

/** Which catalogs vote, and an administrator's word that one does (docs/protocol.md, C3). */
@docs.Administration()
@Guarded(AdminTokenGuard)
@Controller('ops/members')
export class MembersController {
  private readonly log = new Logger('Members');

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly cluster: ClusterWatch,
    private readonly rpc: Rpc,
  ) {}

  @ApiOperation({ summary: 'The catalogs: which of them vote, and whom they do not hear' })
  @ApiOkResponse({ type: [MemberAnswer] })
  @ApiNotFoundResponse({ type: ErrorAnswer, description: 'The server was started without ADMIN_TOKEN' })
  @Get()
  async members(): Promise<MemberAnswer[]> {
    const catalogs = await this.cluster.catalogs();
    return catalogs.map((catalog) => memberAnswer(catalog, catalogs));
  }

  @ApiOperation({
    summary: 'Let a catalog whose disk was lost vote though too few of the others can be asked',
    description:
      'It joins by itself when enough others are there. This is for those that never will be: what only they, and the lost disk, knew is ' +
      'given up for ever. A catalog left out that comes back with its old disk does not start.',
  })
  @ApiAcceptedResponse({
    type: AdmittedAnswer,
    description: 'It joins as soon as it has what the others have: see `GET /ops/members`',
  })
  @ApiNotFoundResponse({
    type: ErrorAnswer,
    description: 'There is no such catalog, or the server was started without ADMIN_TOKEN',
  })
  @ApiConflictResponse({
    type: ErrorAnswer,
    description: '`{message, reason}`: it votes already; one left out is there, or one not left out is not',
  })
  @ApiUnprocessableEntityResponse({ type: FieldErrors, description: 'A field is wrong, or not known' })
  @HttpCode(202)
  @Post()
  async admit(@Body() { catalog, without }: MemberToAdmit): Promise<AdmittedAnswer> {
    const { catalogAddresses } = this.config;
    if (!catalogAddresses.includes(catalog)) {
      throw new NotFoundException({ message: `There is no catalog ${catalog}` });
    }
    const stranger = without.find((address) => address === catalog || !catalogAddresses.includes(address));
    if (stranger !== undefined) {
      const message = `without must name other catalogs: ${stranger} is none`;
      throw new UnprocessableEntityException({ message, fields: ['without'] });
    }
    const result = await this.rpc.to(catalog).call(admitCall, { without }, { timeoutMs: TIMEOUT_MS });
    const answer = answered(result, catalog);
    if (answer.kind === 'refused') {
      const message = REFUSALS[answer.reason](catalog, answer.address ?? '');
      throw new ConflictException({ message, reason: answer.reason });
    }
    this.log.warn(
      `By an administrator's word ${catalog} joins without ${without.join(' and ') || 'waiting'}`,
    );
    return { catalog, replicaId: answer.replicaId };
  }
}

function answered<Answer>(result: CallResult<Answer>, catalog: string): Answer {
  if (result.kind === 'answered') return result.answer;
  if (result.kind === 'not understood') {
    const message = `${catalog} shares its database with the others, or is of an earlier release: there is nothing to join`;
    throw new ConflictException({ message, reason: 'not understood' });
  }
  const outcome = result.kind === 'lost' ? { outcome: 'unknown' } : {};
  throw new GatewayTimeoutException({ message: `${catalog} could not be asked`, ...outcome });
}

function memberAnswer(
  { address, ready, status }: Seen<CatalogStatus>,
  catalogs: readonly Seen<CatalogStatus>[],
): MemberAnswer {
  const missed = status?.peers.filter(({ healthy }) => !healthy) ?? [];
  return {
    address,
    replicaId: status === null || status.shared !== undefined ? null : status.replicaId,
    votes: status?.joined ?? null,
    ready,
    misses: missed.map(({ position }) => catalogs[position]?.address ?? `position ${position}`),
  };
}

import { type Envelope, type PeerMessage } from '../../core/replication/messages.js';

/** Peers, under the identities that they had. */
const MAX_HEADS = 64;

type Head = Omit<Envelope, 'body'>;

/** Writes envelopes as JSON. One body often goes to all peers, and heads are few: each text is made once. */
export class EnvelopeEncoder {
  private lastBody: PeerMessage | undefined;
  private lastText = '';
  private readonly heads = new Map<Envelope['to'], { readonly head: Head; readonly text: string }>();

  /** `trace`: the tag of a request that is followed; `spans`: those that it is part of. */
  encode(envelope: Envelope, trace?: string, spans?: string): string {
    if (envelope.body !== this.lastBody) {
      this.lastText = JSON.stringify(envelope.body);
      this.lastBody = envelope.body;
    }
    const tag = trace === undefined ? '' : `,"trace":${JSON.stringify(trace)}`;
    const parents = spans === undefined ? '' : `,"spans":${JSON.stringify(spans)}`;
    return `${this.headText(envelope)}${tag}${parents},"body":${this.lastText}}`;
  }

  /** Without its closing brace. */
  private headText({ from, fromStart, fromPosition, to, successors }: Envelope): string {
    const known = this.heads.get(to);
    if (known !== undefined && known.head.from === from && known.head.fromStart === fromStart) {
      const { head } = known;
      if (head.fromPosition === fromPosition && head.successors === successors) return known.text;
    }
    const head = { from, fromStart, fromPosition, to, ...(successors !== undefined && { successors }) };
    const text = JSON.stringify(head).slice(0, -1);
    if (this.heads.size >= MAX_HEADS) this.heads.clear();
    this.heads.set(to, { head, text });
    return text;
  }
}

import { type Envelope, type PeerMessage } from '../../core/replication/messages.js';

/** Writes envelopes as JSON. One body often goes to all peers: its text is made once. */
export class EnvelopeEncoder {
  private lastBody: PeerMessage | undefined;
  private lastText = '';

  /** `trace`: the tag of a request that is followed. */
  encode(envelope: Envelope, trace?: string): string {
    if (envelope.body !== this.lastBody) {
      this.lastText = JSON.stringify(envelope.body);
      this.lastBody = envelope.body;
    }
    const { from, fromStart, fromPosition, to } = envelope;
    const head = JSON.stringify({ from, fromStart, fromPosition, to, trace });
    return `${head.slice(0, -1)},"body":${this.lastText}}`;
  }
}

import { Logger } from '@nestjs/common';

const logger = new Logger('TLS');
/** Others are told of no more, until this process is started again. */
const MOST_TOLD = 256;
const told = new Set<string>();

/** Said once of each, for lines are tried again and again. */
export function distrust(whom: string, reason: string): void {
  const text = `No line with ${whom}: its certificate is not believed, or ours by it (${reason})`;
  if (told.size >= MOST_TOLD || told.has(text)) return;
  told.add(text);
  logger.warn(text);
}

/** Node's and OpenSSL's errors of certificates, and the refusal of ours by the other side. */
export function isAboutCertificates(error: Error & { readonly code?: string }): boolean {
  return (
    /CERT|SELF_SIGNED|UNABLE_TO|^ERR_(TLS|SSL)|^EPROTO/.test(error.code ?? '') ||
    /response: 495$/.test(error.message)
  );
}

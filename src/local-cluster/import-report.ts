import { type FileUnderstood, type ImportPreview, type ImportReport } from '../contract/public-import.js';

const SEPARATORS: Readonly<Record<string, string>> = {
  '\t': 'tab',
  ',': 'comma',
  ';': 'semicolon',
  '|': 'bar',
};

/** What became of a file, for people. */
export function reportLines(report: ImportReport, seconds: string): string[] {
  const { created, unchanged, updated, differs, differsCount, rejected, rejectedCount } = report;
  return [
    ...understoodLines(report.understood),
    ...rejected.map(({ line, reason }) => `line ${line}: ${reason}`),
    ...(rejected.length < rejectedCount ? [`and ${rejectedCount - rejected.length} more lines`] : []),
    ...differs.map(
      ({ line, bookId, fields }) => `line ${line}: book ${bookId} differs in ${fields.join(' and ')}`,
    ),
    ...(differs.length < differsCount ? [`and ${differsCount - differs.length} more books that differ`] : []),
    ...(differsCount > 0 ? ['--update sets what differs to what the file says'] : []),
    `${created} created, ${unchanged} unchanged${updated > 0 ? `, ${updated} updated` : ''}` +
      `${differsCount > 0 ? `, ${differsCount} differ` : ''}, ${rejectedCount} rejected in ${seconds} s`,
  ];
}

/** How a file is understood, for people. */
export function previewLines({ understood, missing, books, rejected }: ImportPreview): string[] {
  return [
    ...understoodLines(understood),
    ...(missing.length > 0
      ? [`missing: ${missing.join(', ')} (--map FIELD=COLUMN, or --set FIELD=VALUE)`]
      : []),
    ...books.map(
      ({ line, title, author, topic, isbn, price, quantity }) =>
        `line ${line}: ${title}${author === undefined ? '' : ` by ${author}`} · ${topic} · ${price} · ${quantity} copies` +
        (isbn === undefined ? '' : ` · ${isbn}`),
    ),
    ...rejected.map(({ line, reason }) => `line ${line}: ${reason}`),
    'nothing was changed',
  ];
}

/** Nothing to say of a file that is written as the help says. */
function understoodLines({ encoding, separator, columns, leftOut }: FileUnderstood): string[] {
  const renamed = Object.entries(columns).filter(([field, names]) => names.join() !== field);
  const plain = encoding === 'utf-8' && (separator === null || separator === ',') && renamed.length === 0;
  if (plain && leftOut.length === 0) return [];
  const separated = separator === null ? '' : `, separated by ${SEPARATORS[separator] ?? separator}`;
  const taken = Object.entries(columns).map(([field, names]) => `${field} from ${names.join(' or ')}`);
  return [
    `read as ${encoding.toUpperCase()}${separated}${taken.length > 0 ? `: ${taken.join(', ')}` : ''}`,
    ...(leftOut.length > 0 ? [`left out: ${leftOut.join(', ')}`] : []),
  ];
}

const LEVELS: readonly (readonly [number, string])[] = [
  [50, 'ERROR'],
  [40, 'WARN'],
  [30, 'INFO'],
];

/** The process's name stands in front of each line already. */
const SHOWN_OTHERWISE = new Set(['level', 'time', 'role', 'port', 'msg', 'context', 'err']);

/** One of a role's lines of JSON for people; what is none stays as it is. */
export function readableLine(line: string): string {
  const fields = fieldsOf(line);
  if (fields === undefined || typeof fields['msg'] !== 'string') return line;
  const level = LEVELS.find(([least]) => Number(fields['level']) >= least)?.[1] ?? 'DEBUG';
  const { msg, context, err } = fields;
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !SHOWN_OTHERWISE.has(name)));
  const from = typeof context === 'string' ? `[${context}] ` : '';
  const others = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
  const error = isRecord(err) ? `\n${String(err['stack'] ?? err['message'])}` : '';
  return `${level} ${from}${msg}${others}${error}`;
}

function fieldsOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

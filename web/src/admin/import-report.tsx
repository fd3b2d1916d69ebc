import { type ImportReport } from '../api/types.js';
import { counted } from '../books/money.js';

/** What became of a file. */
export function Report({ report, update }: { report: ImportReport; update: () => void }) {
  const { created, unchanged, updated, differs, differsCount, rejected, rejectedCount } = report;
  return (
    <>
      <p class="result result-good">
        <span>
          <b>{counted(created, 'book')} added</b>, {unchanged} were there already
          {updated > 0 && <>, {counted(updated, 'book')} set to what the file says</>}.
        </span>
      </p>
      {differsCount > 0 && (
        <section class="rejected">
          <h2>{counted(differsCount, 'book')} with another price or stock</h2>
          <p class="lead">They are as they were. The file says otherwise.</p>
          <button type="button" class="button" onClick={update}>
            Set them to what the file says
          </button>
          <table class="stock-table">
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Book</th>
                <th scope="col">Differs in</th>
              </tr>
            </thead>
            <tbody>
              {differs.map(({ line, bookId, fields }) => (
                <tr key={line}>
                  <td>{line}</td>
                  <td>
                    <a href={`/book/${bookId}`}>{bookId}</a>
                  </td>
                  <td>{fields.map((field) => (field === 'quantity' ? 'copies' : field)).join(' and ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {rejectedCount > 0 && (
        <section class="rejected">
          <h2>{counted(rejectedCount, 'row')} not taken</h2>
          {rejected.length < rejectedCount && <p class="lead">The first {rejected.length} of them.</p>}
          <RejectedRows rows={rejected} />
        </section>
      )}
    </>
  );
}

export function RejectedRows({ rows }: { rows: ImportReport['rejected'] }) {
  return (
    <table class="stock-table">
      <thead>
        <tr>
          <th scope="col">Line</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ line, reason }) => (
          <tr key={line}>
            <td>{line}</td>
            <td>{reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

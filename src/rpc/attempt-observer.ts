/** Told of each attempt at another role just before it is sent; `header` is the trace tag to send along. */
export interface AttemptObserver<Result> {
  attempt(address: string): { readonly header: string; readonly ended: (result: Result) => void } | undefined;
}

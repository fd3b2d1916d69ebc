import { Injectable, type OnModuleInit } from '@nestjs/common';
import { readTag } from '../contract/traces.js';
import { traceCall } from '../contract/watching.js';
import { Answers } from '../observability/answers.js';
import { TraceRecorder } from '../observability/tracing/trace-recorder.js';
import { Tracing } from '../observability/tracing/tracing.js';
import { RpcHandlers } from './handlers.js';

/** Has the calls of other roles counted and traced, each under its name, and tells what was recorded of a request. */
@Injectable()
export class CallWatch implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly answers: Answers,
    private readonly traces: TraceRecorder,
    private readonly tracing: Tracing,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(traceCall, ({ traceId }) => ({ events: this.traces.events(traceId) }));
    this.handlers.continueTrace = (name, parents) => this.tracing.called(name, parents);
    this.handlers.observe({
      arrived: (trace) => {
        const tag = readTag(trace);
        if (tag !== null) this.traces.received(tag);
      },
      answered: ({ name, trace, context: { ids } }, status, durationMs) => {
        const requestId = ids === undefined ? {} : { requestId: ids };
        this.answers.tell({ method: 'CALL', url: name, route: name, status, durationMs, ...requestId });
        const tag = trace === undefined ? null : readTag(trace);
        if (tag !== null) this.traces.answered(tag, String(status));
      },
    });
  }
}

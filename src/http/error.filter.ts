import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { KnownRoutes } from './known-routes.js';
import { NOT_KEPT, SAFETY_HEADERS } from './safety-headers.js';
import { Overloaded } from './overload/overloaded.js';

/** Words of ours for what Fastify refuses before a controller sees it; the statuses are its own. */
const FASTIFY_MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body has a content type that this path does not take',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as Content-Length says',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON',
  FST_ERR_BAD_URL: 'The path has a bad percent-encoding',
  FST_ERR_MAX_PARAM_LENGTH: 'The path is too long',
};

interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly message: string };
}

/** Every error of every path leaves as JSON `{message, …}`; what nobody expected is logged and answers 500 without a word of itself. */
@Catch()
@Injectable()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly routes: KnownRoutes) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, body } = this.answerTo(exception, request, reply);
    if (reply.sent || reply.raw.headersSent) {
      request.log.error({ err: exception, reqId: request.id }, 'failed after the answer had begun');
      reply.raw.destroy();
      return;
    }
    if (exception instanceof Overloaded) void reply.header('retry-after', exception.retryAfterSeconds);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).header('content-type', 'application/json; charset=utf-8').send(body);
  }

  private answerTo(exception: unknown, request: FastifyRequest, reply: FastifyReply): ErrorAnswer {
    if (request.is404) {
      const methods = this.routes.methodsOf(request.url);
      if (methods.length === 0) return { status: 404, body: { message: 'There is nothing at this path' } };
      void reply.header('allow', methods.join(', '));
      return { status: 405, body: { message: `This path takes ${methods.join(', ')}` } };
    }
    if (exception instanceof HttpException) {
      return { status: exception.getStatus(), body: bodyOf(exception) };
    }
    request.log.error({ err: exception, reqId: request.id }, 'unexpected error');
    return { status: 500, body: { message: 'Internal server error' } };
  }
}

/** What the router refuses before any route is found: a bad percent-encoding, a path that is too long. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const message = fastifyMessage(error) ?? 'Bad request';
  // No hook runs for it.
  void reply
    .status(error.statusCode ?? 400)
    .headers({ ...SAFETY_HEADERS, 'cache-control': NOT_KEPT })
    .send({ message });
}

/** What was thrown, without the `statusCode` and `error` that Nest adds of itself. */
function bodyOf(exception: HttpException): { message: string } {
  const message = fastifyMessage(exception.cause) ?? exception.message;
  const response = exception.getResponse();
  if (typeof response === 'string') return { message };
  const body: Record<string, unknown> = { ...response };
  delete body['statusCode'];
  delete body['error'];
  const own =
    exception.cause === undefined && typeof body['message'] === 'string' ? body['message'] : message;
  return { ...body, message: own || (STATUS_CODES[exception.getStatus()] ?? 'Error') };
}

function fastifyMessage(cause: unknown): string | undefined {
  if (cause instanceof SyntaxError) return FASTIFY_MESSAGES['FST_ERR_CTP_INVALID_JSON_BODY'];
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? FASTIFY_MESSAGES[code] : undefined;
}

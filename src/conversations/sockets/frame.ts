import { DomainError, validationFailed } from '../../common/errors/domain-error';
import { toDomainError } from '../../common/errors/problem';
import { faultIn } from '../../common/http/json-body';
import { RequestValidationPipe } from '../../common/http/validation.pipe';
import { CancelFrameDto, PingFrameDto, RegenerateFrameDto, ResumeFrameDto, SendFrameDto } from './frames.dto';

/** What a socket may say after the first frame. */
const KINDS = {
  'message.send': SendFrameDto,
  'message.regenerate': RegenerateFrameDto,
  'message.resume': ResumeFrameDto,
  'message.cancel': CancelFrameDto,
  ping: PingFrameDto,
} as const;

type FrameType = keyof typeof KINDS;

/** A frame as it came. */
export interface RawFrame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

export type FrameBody = Readonly<Record<string, unknown>>;

/** A frame that can be told apart; whether its members are right is another question. */
export interface Frame {
  readonly type: FrameType;
  readonly body: FrameBody;
}

/** What can be told of a frame before its members are checked. */
export interface ReadFrame {
  /** As it can be given back; null: there is none such. */
  readonly requestId: string | null;
  /** Or why there is none. */
  readonly frame: Frame | DomainError;
}

const pipe = new RequestValidationPipe();

export function readFrame(raw: RawFrame): ReadFrame {
  let parsed: unknown;
  try {
    parsed = parseFrame(raw);
    return { requestId: requestIdIn(parsed), frame: toFrame(bodyOf(parsed)) };
  } catch (error) {
    return { requestId: requestIdIn(parsed), frame: toDomainError(error) };
  }
}

/** @throws DomainError `malformed_request` */
export function parseFrame({ data, isBinary }: RawFrame): unknown {
  if (isBinary) throw new DomainError('malformed_request', 'Frames are JSON text.');
  try {
    return JSON.parse(data.toString()) as unknown;
  } catch {
    throw new DomainError('malformed_request', 'The frame is not valid JSON.');
  }
}

/** @throws DomainError `validation_failed`, `malformed_request` – it is no object, or has in it what no frame may have. */
export function bodyOf(parsed: unknown): FrameBody {
  const fault = faultIn(parsed);
  if (fault) throw fault;
  return parsed as FrameBody;
}

function requestIdIn(parsed: unknown): string | null {
  if (typeof parsed !== 'object' || parsed === null || !('requestId' in parsed)) return null;
  const { requestId } = parsed;
  return typeof requestId === 'string' && requestId !== '' && requestId.length <= 128 ? requestId : null;
}

function toFrame(body: FrameBody): Frame {
  const { type } = body;
  if (typeof type === 'string' && Object.hasOwn(KINDS, type)) return { type: type as FrameType, body };
  const message =
    type === 'auth' ? 'is for the first frame alone' : `must be one of ${Object.keys(KINDS).join(', ')}`;
  throw validationFailed([{ path: '/type', code: 'type', message }]);
}

/** By rules as strict as those of a body. @throws DomainError `validation_failed` */
export const checkFrame = async <T>(metatype: new () => T, body: FrameBody): Promise<T> =>
  (await pipe.transform(body, { type: 'body', metatype })) as T;

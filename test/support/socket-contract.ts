import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import contract from '../../docs/asyncapi.json';

const ajv = addFormats(new Ajv2020({ strict: false }));
ajv.addSchema(contract, 'sockets');

/** `message.send` is `messageSend` in the document. */
const keyOf = (type: string): string => type.replace(/[.](\w)/, (_, first: string) => first.toUpperCase());

function validatorOf(type: string): ValidateFunction {
  const key = keyOf(type);
  if (!Object.hasOwn(contract.components.messages, key)) throw new Error(`The contract knows no ${type}`);
  const reference = `sockets#/components/messages/${key}/payload`;
  return ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
}

/** @throws Error – the published contract of the WebSocket does not know such a frame. */
export function checkFrame(frame: { readonly type: string }): void {
  const { type } = frame;
  const validate = validatorOf(type);
  if (!validate(frame)) throw new Error(`${type}: ${ajv.errorsText(validate.errors)}`);
}

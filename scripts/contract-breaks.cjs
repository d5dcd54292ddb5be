// What of one OpenAPI document breaks the clients of another. `.cjs`, so that Jest can read it.
const { schemaFaults } = require('./schema-faults.cjs');

/** One line for each break. Both are whole documents. */
function breaksBetween(before, after) {
  const documents = { before, after };
  const now = new Map(operationsOf(after).map((operation) => [operation.name, operation]));
  const breaks = operationsOf(before).flatMap((was) => {
    const is = now.get(was.name);
    const found = is ? [...callBreaks(was, is, documents), ...answerBreaks(was, is, documents)] : ['is gone'];
    return found.map((what) => `${was.name}: ${what}`);
  });
  return [...new Set(breaks)];
}

function operationsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      ...operation,
    })),
  );
}

function callBreaks(was, is, documents) {
  const renamed = `is called ${is.operationId} now, not ${was.operationId}`; // generated functions have these names
  return [
    ...(was.operationId === is.operationId ? [] : [renamed]),
    ...(isOpen(was) && !isOpen(is) ? ['needs a token now'] : []),
    ...parameterBreaks(was.parameters ?? [], is.parameters ?? [], documents),
    ...bodyBreaks(was.requestBody, is.requestBody, documents),
  ];
}

const isOpen = ({ security = [] }) =>
  security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0);

function parameterBreaks(were, are, documents) {
  const same = (a) => (b) => a.name === b.name && a.in === b.in;
  const wanted = are.filter((is) => is.required && !were.find(same(is))?.required);
  return [
    ...wanted.map(({ name }) => `wants the parameter ${name} now`),
    ...were.flatMap((was) => {
      const is = are.find(same(was));
      if (!is) return [`refuses the parameter ${was.name} now`];
      return taken(was.schema, is.schema, `the parameter ${was.name}`, documents);
    }),
  ];
}

function bodyBreaks(was, is, documents) {
  if (!was) return is?.required ? ['wants a body now'] : [];
  if (!is) return ['takes no body now'];
  return [
    ...(is.required && !was.required ? ['wants a body now'] : []),
    ...Object.entries(was.content).flatMap(([type, { schema }]) =>
      is.content[type]
        ? taken(schema, is.content[type].schema, 'its body', documents)
        : [`takes no ${type} now`],
    ),
  ];
}

/** What was taken must still be. */
const taken = (was, is, where, { before, after }) =>
  schemaFaults({ wide: [is, after], narrow: [was, before], isAnswer: false }, where);

/** What is answered must be what was expected. */
function answerBreaks(was, is, { before, after }) {
  return Object.entries(was.responses).flatMap(([status, { content = {} }]) => {
    const answer = is.responses[status];
    if (!answer) return Number(status) < 300 ? [`never answers ${status} now`] : [];
    return Object.entries(content).flatMap(([type, { schema }]) => {
      const given = answer.content?.[type]?.schema;
      if (!given) return [`its ${status} is no ${type} now`];
      return schemaFaults(
        { wide: [schema, before], narrow: [given, after], isAnswer: true },
        `its ${status}`,
      );
    });
  });
}

module.exports = { breaksBetween };

// Whether one JSON Schema takes all that another one allows.

/**
 * Why `wide` does not take everything that `narrow` allows, one line each. Both are [schema, document]. Of an answer, what reads it must
 * bear members and words of an enumeration that it does not know.
 */
function schemaFaults(pair, where, seen = new Set()) {
  const [wide, narrow] = [resolve(pair.wide), resolve(pair.narrow)];
  const key = `${pair.wide[0].$ref} ${pair.narrow[0].$ref}`;
  if (pair.wide[0].$ref && pair.narrow[0].$ref) {
    if (seen.has(key)) return [];
    seen = new Set([...seen, key]);
  }
  const inner = (w, n, at) =>
    schemaFaults({ ...pair, wide: [w, pair.wide[1]], narrow: [n, pair.narrow[1]] }, at, seen);

  const [choices, allowed] = [branchesOf(wide), branchesOf(narrow)];
  if (choices || allowed)
    return (allowed ?? [narrow]).flatMap((branch) => {
      const faults = (choices ?? [wide]).map((choice) => inner(choice, branch, where));
      return faults.some((list) => list.length === 0) ? [] : faults.sort((a, b) => a.length - b.length)[0];
    });

  return [
    ...typeFaults(wide, narrow, where),
    ...(pair.isAnswer ? [] : wordFaults(wide, narrow, where)),
    ...boundFaults(wide, narrow, where),
    ...memberFaults(wide, narrow, where, pair.isAnswer, inner),
    ...(wide.items && narrow.items ? inner(wide.items, narrow.items, `${where}[]`) : []),
  ];
}

function resolve([schema, document]) {
  if (!schema.$ref) return schema;
  const { $ref, ...beside } = schema;
  const found = $ref
    .slice(2)
    .split('/')
    .reduce((value, step) => value[step], document);
  return { ...found, ...beside };
}

const branchesOf = ({ anyOf, oneOf }) => anyOf ?? oneOf;

const takesType = (taken, type) => taken.includes(type) || (type === 'integer' && taken.includes('number'));

const typesOf = ({ type }) => (type === undefined ? undefined : [type].flat());

function typeFaults(wide, narrow, where) {
  const [taken, allowed] = [typesOf(wide), typesOf(narrow)];
  if (!taken) return [];
  if (!allowed) return [`${where} can be anything, not only ${taken.join(' or ')}`];
  return allowed
    .filter((type) => !takesType(taken, type))
    .map((type) => `${where} can be ${type}, not only ${taken.join(' or ')}`);
}

function wordFaults(wide, narrow, where) {
  if (!wide.enum) return [];
  if (!narrow.enum) return [`${where} is one of ${wide.enum.join(', ')} only`];
  return narrow.enum.filter((word) => !wide.enum.includes(word)).map((word) => `${where} is never ${word}`);
}

const LOWER = ['minimum', 'minLength', 'minItems', 'minProperties'];
const UPPER = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];

function boundFaults(wide, narrow, where) {
  return [
    ...LOWER.filter((bound) => (wide[bound] ?? -Infinity) > (narrow[bound] ?? -Infinity)),
    ...UPPER.filter((bound) => (wide[bound] ?? Infinity) < (narrow[bound] ?? Infinity)),
    ...['pattern', 'format'].filter((rule) => wide[rule] !== undefined && wide[rule] !== narrow[rule]),
  ].map((rule) => `${where} has ${rule} ${wide[rule]}, not ${narrow[rule] ?? 'any'}`);
}

function memberFaults(wide, narrow, where, isAnswer, inner) {
  const [members, allowed] = [wide.properties ?? {}, narrow.properties ?? {}];
  const missing = (wide.required ?? []).filter((name) => !(narrow.required ?? []).includes(name));
  const isClosed = !isAnswer && wide.additionalProperties === false;
  return [
    ...missing.map((name) => `${where}/${name} must be there`),
    ...Object.entries(allowed).flatMap(([name, member]) => {
      if (members[name]) return inner(members[name], member, `${where}/${name}`);
      return isClosed ? [`${where}/${name} is refused`] : [];
    }),
  ];
}

module.exports = { schemaFaults };

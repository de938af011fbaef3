// Rules of this house that no linter has. A JavaScript file, because oxlint loads it with the running Node, which may be 20.
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * What a folder may import, all else is banned. Options: `may`, a list of paths below the root (`src/core`), `node:`, and package
 * names; `instead`, what to do about a banned one, by the same names or `*`. Sees imports, re-exports, dynamic imports, import
 * types and `require`.
 */
const imports = {
  meta: {
    type: 'problem',
    schema: [
      {
        type: 'object',
        properties: {
          may: { type: 'array', items: { type: 'string' } },
          instead: { type: 'object', additionalProperties: { type: 'string' } },
        },
        required: ['may', 'instead'],
        additionalProperties: false,
      },
    ],
  },
  create(context) {
    const { may, instead } = context.options[0];
    const check = (source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const subject = subjectOf(context.filename, source.value);
      if (may.some((name) => isBelow(subject, name))) return;
      const named = Object.keys(instead)
        .filter((name) => isBelow(subject, name))
        .toSorted((a, b) => b.length - a.length);
      const message = instead[named[0] ?? '*'];
      context.report({ node: source, message: `${subject} may not be imported here. ${message}` });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
      CallExpression: ({ callee, arguments: [source] }) => {
        if (
          callee.type === 'Identifier' &&
          callee.name === 'require' &&
          !isDeclared(context.sourceCode.getScope(callee), 'require')
        )
          check(source);
      },
    };
  },
};

/** `src/core/job/arn` for one of our files, else the name as written. */
function subjectOf(file, specifier) {
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, resolve(dirname(file), specifier))
    .split(sep)
    .join('/')
    .replace(/\.[jt]s$/, '');
}

/** Whether the file declares the name itself: a `require` made by createRequire looks somewhere else, at run time. */
function isDeclared(scope, name) {
  for (let at = scope; at !== null; at = at.upper) {
    if ((at.set.get(name)?.defs.length ?? 0) > 0) return true;
  }
  return false;
}

function isBelow(subject, name) {
  return subject === name || subject.startsWith(name.endsWith(':') ? name : `${name}/`);
}

/** `executeCommand('setContext', …)` belongs in one file, where the keys are typed and only changes are sent. */
const setContext = {
  meta: { type: 'problem' },
  create(context) {
    return {
      CallExpression(node) {
        const [command] = node.arguments;
        if (command?.type !== 'Literal' || command.value !== 'setContext') return;
        context.report({
          node: command,
          message: 'Set context keys through src/ui/platform/contextKeys.ts: it knows their types and sends changes only.',
        });
      },
    };
  },
};

/** A toast's promise settles when someone closes it, which may be never: what waits for it without need hangs. */
const noAwaitedToast = {
  meta: { type: 'problem' },
  create(context) {
    return {
      AwaitExpression(node) {
        const call = node.argument;
        if (call.type !== 'CallExpression' || node.parent.type !== 'ExpressionStatement') return;
        const name = call.callee.type === 'MemberExpression' ? call.callee.property.name : call.callee.name;
        if (!/^show(Information|Warning|Error)Message$/.test(name ?? '')) return;
        context.report({
          node,
          message: `Do not await ${name} when its answer is not used: it settles when the toast is closed.`,
        });
      },
    };
  },
};

// oxlint asks for a default export.
// oxlint-disable-next-line import/no-default-export
export default {
  meta: { name: 'house' },
  rules: { imports, 'set-context': setContext, 'no-awaited-toast': noAwaitedToast },
};

/** The options that choose keys, shared by all commands that do. */
export const keyFilterFlags = {
  suffix: { type: 'string', multiple: true },
  glob: { type: 'string', multiple: true },
  exclude: { type: 'string', multiple: true },
} as const;

export const keyFilterHelp = [
  '  --suffix TEXT          keys that end with the text; may be repeated',
  '  --glob PATTERN         keys that match: * is anything but a slash, ** anything, ? one character, [a-z], {a,b}; a pattern',
  '                         without slash is for the part after the last slash; may be repeated',
  '  --exclude PATTERN      no keys that match, whatever else fits; may be repeated',
];

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { BatchError } from '../../base/errors.js';

/** CloudFormation's own limit for a template (CloudFormation quotas). */
const maxTemplateBytes = 1024 * 1024;
/** Nodes looked at while one template is read; aliases count each time they are followed, which stops alias bombs. */
const maxVisitedNodes = 100_000;
const maxDepth = 64;

/** A problem at a place of the template. */
export class TemplateProblem extends BatchError {
  constructor(file: string, line: number, message: string, hint?: string) {
    super('InvalidTemplate', `${file}:${line}: ${message}`, hint === undefined ? {} : { hint });
  }
}

/** A template as a tree of YAML nodes that know their line. Anchors and merge keys are followed within a fixed budget. */
export class TemplateDocument {
  readonly file: string;
  readonly root: Node;
  readonly #lines: LineCounter;
  readonly #targets = new Map<Alias, Node>();
  #visits = 0;

  /** @throws TemplateProblem when the text is no YAML, holds a key twice, or is too big. */
  constructor(file: string, text: string) {
    this.file = file;
    this.#lines = new LineCounter();
    if (text.length > maxTemplateBytes) throw new TemplateProblem(file, 1, 'The template is larger than 1 MiB.');
    let document: Document.Parsed;
    try {
      // CloudFormation reads YAML 1.1.
      document = parseDocument(text, {
        version: '1.1',
        strict: true,
        uniqueKeys: true,
        prettyErrors: false,
        lineCounter: this.#lines,
        logLevel: 'silent',
      });
    } catch (error) {
      if (error instanceof RangeError) throw new TemplateProblem(file, 1, 'The template is nested too deeply.');
      throw error;
    }
    const [error] = document.errors;
    if (error !== undefined) throw new TemplateProblem(file, this.#lines.linePos(error.pos[0]).line, error.message);
    if (document.contents === null) throw new TemplateProblem(file, 1, 'The template is empty.');
    this.root = document.contents;
    this.#findTargets(document);
  }

  /** An alias means the last node before it that carries its anchor. */
  #findTargets(document: Document.Parsed): void {
    const anchors = new Map<string, Node>();
    visit(document, {
      Node: (_key, node) => {
        if (!isAlias(node)) {
          if (node.anchor !== undefined) anchors.set(node.anchor, node);
          return;
        }
        const target = anchors.get(node.source);
        if (target === undefined) throw this.problem(node, `The alias *${node.source} has no anchor.`);
        this.#targets.set(node, target);
      },
    });
  }

  lineOf(node: Node | undefined): number {
    return this.#lines.linePos(node?.range?.[0] ?? 0).line;
  }

  problem(node: Node | undefined, message: string, hint?: string): TemplateProblem {
    return new TemplateProblem(this.file, this.lineOf(node), message, hint);
  }

  /** The node itself, an alias followed. Every look at a node goes through here and is counted. */
  follow(node: Node, depth = 0): Node {
    this.#visits += 1;
    if (this.#visits > maxVisitedNodes) {
      throw this.problem(node, 'The template expands to too many values.', 'Remove aliases (*name) that repeat each other.');
    }
    if (depth > maxDepth) throw this.problem(node, 'The template is nested too deeply, or an alias contains itself.');
    if (!isAlias(node)) return node;
    const target = this.#targets.get(node);
    if (target === undefined) throw this.problem(node, `The alias *${node.source} has no anchor.`);
    return this.follow(target, depth + 1);
  }

  /** The pairs of a map, merge keys (`<<`) expanded, the map's own keys winning. */
  entries(node: YAMLMap, depth = 0): Map<string, Node> {
    const own = new Map<string, Node>();
    const merged = new Map<string, Node>();
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : undefined;
      if (key === undefined) throw this.problem(node, 'A key of a map must be plain text.');
      const value = pair.value as Node | null;
      if (value === null) continue;
      if (key !== '<<') {
        own.set(key, value);
        continue;
      }
      const source = this.follow(value, depth);
      for (const part of isSeq(source) ? (source.items as Node[]) : [source]) {
        const map = this.follow(part, depth);
        if (!isMap(map)) throw this.problem(value, '<< takes a map.');
        for (const [name, item] of this.entries(map, depth + 1)) if (!merged.has(name)) merged.set(name, item);
      }
    }
    return new Map([...merged, ...own]);
  }

  /** The pairs of the map at `node`; empty when there is no node. */
  mapAt(node: Node | undefined, what: string): Map<string, Node> {
    if (node === undefined) return new Map();
    const target = this.follow(node);
    if (isMap(target)) return this.entries(target);
    if (isScalar(target) && target.value === null) return new Map();
    throw this.problem(node, `${what} must be a map.`);
  }
}

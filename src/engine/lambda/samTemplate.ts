import { dirname, resolve } from 'node:path';
import { isMap, type Node } from 'yaml';
import type { FunctionDefinition } from '../contracts.js';
import { lambdaArn } from './functionName.js';
import { TemplateDocument, TemplateProblem } from './templateDocument.js';
import { noValue, type TemplateSettings, TemplateValues } from './templateValues.js';

/** A function that a template declares: what it is, or why it can't be used. */
export type TemplateFunction =
  | { readonly name: string; readonly logicalId: string; readonly line: number; readonly definition: FunctionDefinition }
  | { readonly name: string; readonly logicalId: string; readonly line: number; readonly problem: TemplateProblem };

/** Lambda's defaults (Lambda Developer Guide, configuration-timeout and configuration-memory). */
export const defaultTimeoutSeconds = 3;
export const defaultMemoryMb = 128;

const functionTypes: readonly string[] = ['AWS::Serverless::Function', 'AWS::Lambda::Function'];

/**
 * The functions of a SAM or CloudFormation template. `file` is absolute; paths in the template are relative to its folder.
 * A function that can't be used carries its problem, so that one of them does not hide the others.
 * Sources: SAM Developer Guide, AWS::Serverless::Function and Globals; CloudFormation, AWS::Lambda::Function.
 * @throws TemplateProblem when the file as a whole can't be read.
 */
export function readTemplate(file: string, text: string, settings: TemplateSettings): readonly TemplateFunction[] {
  const document = new TemplateDocument(file, text);
  if (!isMap(document.root)) throw document.problem(document.root, 'A template must be a map with a Resources section.');
  const sections = document.mapAt(document.root, 'The template');
  const values = new TemplateValues(document, settings);
  const globals = document.mapAt(document.mapAt(sections.get('Globals'), 'Globals').get('Function'), 'Globals.Function');
  const resources = sections.get('Resources');
  if (resources === undefined) throw document.problem(document.root, 'The template has no Resources section.');

  const functions: TemplateFunction[] = [];
  for (const [logicalId, node] of document.mapAt(resources, 'Resources')) {
    if (logicalId.startsWith('Fn::ForEach')) {
      settings.warn(`${file}:${document.lineOf(node)}: ${logicalId} is not expanded; functions that it declares are not seen.`);
      continue;
    }
    const resource = document.mapAt(node, `Resource ${logicalId}`);
    const type = resource.get('Type');
    const typeName = type === undefined ? undefined : values.text(type, `Type of ${logicalId}`);
    if (typeof typeName !== 'string' || !functionTypes.includes(typeName)) continue;
    const line = document.lineOf(node);
    let name = logicalId;
    try {
      const condition = resource.get('Condition');
      if (condition !== undefined && !values.holds(String(values.text(condition, 'Condition')), condition)) continue;
      name = values.resourceName(logicalId, node);
      const isServerless = typeName === 'AWS::Serverless::Function';
      const reader = new FunctionReader(
        document,
        values,
        settings,
        logicalId,
        node,
        isServerless ? globals : new Map<string, never>(),
      );
      functions.push({ name, logicalId, line, definition: reader.read(name, resource, isServerless) });
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      functions.push({ name, logicalId, line, problem: error });
    }
  }
  return functions;
}

class FunctionReader {
  readonly #document: TemplateDocument;
  readonly #values: TemplateValues;
  readonly #settings: TemplateSettings;
  readonly #logicalId: string;
  readonly #node: Node;
  readonly #globals: Map<string, Node>;
  #properties = new Map<string, Node>();

  constructor(
    document: TemplateDocument,
    values: TemplateValues,
    settings: TemplateSettings,
    logicalId: string,
    node: Node,
    globals: Map<string, Node>,
  ) {
    this.#document = document;
    this.#values = values;
    this.#settings = settings;
    this.#logicalId = logicalId;
    this.#node = node;
    this.#globals = globals;
  }

  read(name: string, resource: Map<string, Node>, isServerless: boolean): FunctionDefinition {
    this.#properties = this.#document.mapAt(resource.get('Properties'), `Properties of ${this.#logicalId}`);
    if (!/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
      throw this.#document.problem(
        this.#properties.get('FunctionName') ?? this.#node,
        `${name} is not a possible function name.`,
        'Use at most 64 letters, digits, hyphens and underscores.',
      );
    }
    if (this.#text('PackageType') === 'Image') {
      throw this.#document.problem(
        this.#node,
        `${this.#logicalId} is a container image, which can't run on this machine.`,
        'Use PackageType Zip with CodeUri, Handler and Runtime.',
      );
    }
    const description = this.#text('Description');
    const { region, accountId } = this.#settings;
    const entryPoints = this.#entryPoints(resource);
    const layers = this.#layers();
    const hasReserved = this.#text('ReservedConcurrentExecutions') !== undefined;
    return {
      name,
      logicalId: this.#logicalId,
      arn: lambdaArn(region, accountId, name),
      runtime: this.#required('Runtime', 'such as nodejs22.x or python3.12'),
      handler: this.#required('Handler', 'such as app.handler: the file without its extension, a dot, the function'),
      codeDirectory: this.#codeDirectory(isServerless),
      timeoutMs: this.#number('Timeout', defaultTimeoutSeconds, 1, 900) * 1000,
      memoryMb: this.#number('MemorySize', defaultMemoryMb, 128, 10_240),
      environment: this.#environment(),
      ...(description === undefined ? {} : { description }),
      ...(entryPoints.length === 0 ? {} : { entryPoints }),
      ...(layers.length === 0 ? {} : { layers }),
      ...(hasReserved ? { reservedConcurrency: this.#number('ReservedConcurrentExecutions', 0, 0, 10_000) } : {}),
    };
  }

  #property(name: string): Node | undefined {
    return this.#properties.get(name) ?? this.#globals.get(name);
  }

  #text(name: string): string | undefined {
    const node = this.#property(name);
    const text = node === undefined ? noValue : this.#values.text(node, `${name} of ${this.#logicalId}`);
    return text === noValue ? undefined : text;
  }

  #required(name: string, example: string): string {
    const text = this.#text(name);
    if (text !== undefined && text !== '') return text;
    throw this.#document.problem(this.#node, `${this.#logicalId} has no ${name}.`, `Add ${name}, ${example}.`);
  }

  #number(name: string, preset: number, min: number, max: number): number {
    const text = this.#text(name);
    if (text === undefined) return preset;
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw this.#document.problem(
      this.#property(name),
      `${name} of ${this.#logicalId} must be a whole number from ${min} to ${max}.`,
    );
  }

  /** CodeUri of SAM, Code of CloudFormation (a path, as `aws cloudformation package` takes it). Without one: the template's folder. */
  #codeDirectory(isServerless: boolean): string {
    const name = isServerless ? 'CodeUri' : 'Code';
    const inline = isServerless ? this.#properties.get('InlineCode') : undefined;
    const node = this.#property(name);
    const folder = dirname(this.#document.file);
    if (inline === undefined && node === undefined) return folder;
    const value = inline === undefined && node !== undefined ? this.#values.evaluate(node) : null;
    if (typeof value !== 'string' || /^(s3|https?):\/\//.test(value)) {
      const isInline = inline !== undefined || (typeof value === 'object' && value !== null && 'ZipFile' in value);
      throw this.#document.problem(
        inline ?? node,
        isInline
          ? `The code of ${this.#logicalId} is written into the template, which can't run on this machine.`
          : `The code of ${this.#logicalId} is not in a folder of this machine.`,
        `Put the code in a folder and name that folder in ${name}.`,
      );
    }
    return resolve(folder, value);
  }

  /** Folders of the layers that this template makes itself: SAM adds those of Globals, which come first. */
  #layers(): readonly string[] {
    const folders: string[] = [];
    for (const source of [this.#globals, this.#properties]) {
      const node = source.get('Layers');
      const value = node === undefined ? [] : this.#values.evaluate(node);
      for (const item of Array.isArray(value) ? value : []) {
        const content = typeof item === 'string' ? this.#values.layerContent(item) : undefined;
        if (content !== undefined) folders.push(resolve(dirname(this.#document.file), content));
        else {
          const place = `${this.#document.file}:${this.#document.lineOf(node)}`;
          this.#settings.warn(
            `${place}: the layer ${JSON.stringify(item)} of ${this.#logicalId} is in no folder of this machine; it is left out.`,
          );
        }
      }
    }
    return folders;
  }

  #environment(): Record<string, string> {
    const result: Record<string, string> = {};
    for (const source of [this.#globals, this.#properties]) {
      const environment = this.#document.mapAt(source.get('Environment'), 'Environment');
      for (const [name, node] of this.#document.mapAt(environment.get('Variables'), 'Environment.Variables')) {
        const text = this.#values.text(node, `Environment variable ${name} of ${this.#logicalId}`);
        // Source: Lambda API Reference, Environment.
        if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name)) {
          throw this.#document.problem(
            node,
            `${name} is not a possible name of an environment variable.`,
            'Use at least two letters, digits and underscores, a letter first.',
          );
        }
        if (text === noValue) delete result[name];
        else result[name] = text;
        if (text !== noValue && text.includes('{{resolve:')) {
          this.#settings.warn(
            `${this.#document.file}:${this.#document.lineOf(node)}: ${name} holds a dynamic reference, which stays as it is written.`,
          );
        }
      }
    }
    return result;
  }

  /** `Metadata: BuildMethod: esbuild` names the sources that `sam build` bundles, relative to CodeUri. */
  #entryPoints(resource: Map<string, Node>): readonly string[] {
    const metadata = this.#document.mapAt(resource.get('Metadata'), 'Metadata');
    const method = metadata.get('BuildMethod');
    if (method === undefined || this.#values.text(method, 'BuildMethod') !== 'esbuild') return [];
    const points = this.#document.mapAt(metadata.get('BuildProperties'), 'BuildProperties').get('EntryPoints');
    const value = points === undefined ? [] : this.#values.evaluate(points);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }
}

import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { lambdaArn, partitionOf } from './functionName.js';
import type { TemplateDocument } from './templateDocument.js';

/** What a template's value can be once its functions are worked out. `noValue` removes the property (AWS::NoValue). */
export type TemplateValue =
  string | number | boolean | null | typeof noValue | TemplateValue[] | { [name: string]: TemplateValue };
export const noValue = Symbol('AWS::NoValue');

export interface TemplateSettings {
  readonly region: string;
  readonly accountId: string;
  readonly warn: (message: string) => void;
}

/** The property that sets a resource's name, where the resource has one. */
const nameProperties: readonly string[] = [
  'FunctionName',
  'BucketName',
  'TableName',
  'QueueName',
  'TopicName',
  'RoleName',
  'SecretName',
  'StreamName',
  'Name',
];

const noDeployment = 'Only a deployment knows this value. Write the value itself, or a parameter with a Default.';

/**
 * Works out CloudFormation's intrinsic functions as far as a template can be read without deploying it: parameters have their
 * Default, a resource's Ref is its name when the template sets one and else its logical id (as `sam local` does).
 * Source: CloudFormation User Guide, Intrinsic function reference.
 */
export class TemplateValues {
  readonly #document: TemplateDocument;
  readonly #settings: TemplateSettings;
  readonly #parameters: Map<string, Node>;
  readonly #mappings: Map<string, Node>;
  readonly #conditions: Map<string, Node>;
  readonly #resources: Map<string, Node>;
  /** Names under way, so that a value that refers to itself ends. */
  readonly #open = new Set<string>();

  constructor(document: TemplateDocument, settings: TemplateSettings) {
    this.#document = document;
    this.#settings = settings;
    const sections = document.mapAt(document.root, 'The template');
    this.#parameters = document.mapAt(sections.get('Parameters'), 'Parameters');
    this.#mappings = document.mapAt(sections.get('Mappings'), 'Mappings');
    this.#conditions = document.mapAt(sections.get('Conditions'), 'Conditions');
    this.#resources = document.mapAt(sections.get('Resources'), 'Resources');
  }

  /** @throws TemplateProblem at the place that can't be worked out. */
  evaluate(node: Node, depth = 0): TemplateValue {
    const target = this.#document.follow(node, depth);
    const tag = shortTag(target);
    if (tag !== undefined) return this.#call(tag, target, depth, true);
    if (isMap(target)) {
      const entries = this.#document.entries(target);
      const [only] = entries;
      if (entries.size === 1 && only !== undefined && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
        return this.#call(only[0].replace(/^Fn::/, ''), only[1], depth + 1, false);
      }
      const result: { [name: string]: TemplateValue } = Object.create(null) as { [name: string]: TemplateValue };
      for (const [name, item] of entries) {
        const value = this.evaluate(item, depth + 1);
        if (value !== noValue) result[name] = value;
      }
      return result;
    }
    return this.#plain(target, depth);
  }

  /** Text of a scalar as CloudFormation makes it: numbers as they are written, so that `007` stays. */
  text(node: Node, what: string): string | typeof noValue {
    const target = this.#document.follow(node);
    if (isScalar(target) && shortTag(target) === undefined && typeof target.value === 'number') {
      return target.source ?? String(target.value);
    }
    const value = this.evaluate(target);
    if (typeof value === 'string' || value === noValue) return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.#document.problem(node, `${what} must be text.`);
  }

  holds(condition: string, at: Node): boolean {
    const node = this.#conditions.get(condition);
    if (node === undefined) throw this.#document.problem(at, `The condition ${condition} is not declared.`);
    return this.#guarded(`condition ${condition}`, at, () => this.#isTrue(node));
  }

  #plain(node: Node, depth: number): TemplateValue {
    if (isSeq(node)) {
      return (node.items as Node[]).map((item) => this.evaluate(item, depth + 1)).filter((item) => item !== noValue);
    }
    if (isMap(node)) throw this.#document.problem(node, 'A map is not expected here.');
    const value = isScalar(node) ? node.value : null;
    // YAML 1.1 reads a lone dot, as in `CodeUri: .`, as a number.
    if (typeof value === 'number' && Number.isNaN(value)) return isScalar(node) ? (node.source ?? 'NaN') : 'NaN';
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    return isScalar(node) && node.source !== undefined ? node.source : String(value);
  }

  /** `isShort`: the function is the tag of its own argument (`!Base64 x`), so the argument's tag must not be followed again. */
  #call(name: string, argument: Node, depth: number, isShort: boolean): TemplateValue {
    const node = this.#document.follow(argument, depth);
    switch (name) {
      case 'Ref':
        return this.#ref(this.#asText(this.#plain(node, depth), node), node);
      case 'Sub':
        return this.#sub(node, depth);
      case 'GetAtt': {
        const parts = isSeq(node) ? this.#list(node, depth).map((part) => this.#asText(part, node)) : undefined;
        const path = parts === undefined ? this.#asText(this.#plain(node, depth), node) : parts.join('.');
        return this.#attribute(path, node);
      }
      case 'Join': {
        const [separator = '', items = []] = this.#list(node, depth);
        if (!Array.isArray(items)) throw this.#document.problem(node, 'Join takes a separator and a list.');
        return items.map((item) => this.#asText(item, node)).join(this.#asText(separator, node));
      }
      case 'Split': {
        const [separator = '', source = ''] = this.#list(node, depth);
        return this.#asText(source, node).split(this.#asText(separator, node));
      }
      case 'Select': {
        const [index = 0, items = []] = this.#list(node, depth);
        const value = Array.isArray(items) ? items[Number(index)] : undefined;
        if (value === undefined) throw this.#document.problem(node, 'Select names an item that its list does not have.');
        return value;
      }
      case 'FindInMap':
        return this.#findInMap(node, depth);
      case 'If': {
        if (!isSeq(node)) throw this.#document.problem(node, 'If takes a condition and two values.');
        const [condition, whenTrue, whenFalse] = node.items as Node[];
        if (condition === undefined || whenTrue === undefined || whenFalse === undefined) {
          throw this.#document.problem(node, 'If takes a condition and two values.');
        }
        const isTrue = this.holds(this.#asText(this.evaluate(condition, depth + 1), node), condition);
        return this.evaluate(isTrue ? whenTrue : whenFalse, depth + 1);
      }
      case 'Base64':
        return Buffer.from(
          this.#asText(isShort ? this.#plain(node, depth) : this.evaluate(node, depth + 1), node),
          'utf8',
        ).toString('base64');
      case 'Equals':
      case 'And':
      case 'Or':
      case 'Not':
      case 'Condition':
        return this.#isTrueCall(name, node, depth);
      default:
        throw this.#document.problem(node, `${name} can't be worked out on this machine.`, noDeployment);
    }
  }

  #list(node: Node, depth: number): TemplateValue[] {
    if (!isSeq(node)) throw this.#document.problem(node, 'A list is expected here.');
    return (node.items as Node[]).map((item) => this.evaluate(item, depth + 1));
  }

  #asText(value: TemplateValue, at: Node): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.#document.problem(at, 'Text is expected here.');
  }

  #ref(name: string, at: Node): TemplateValue {
    const { region, accountId } = this.#settings;
    switch (name) {
      case 'AWS::Region':
        return region;
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::Partition':
        return partitionOf(region);
      case 'AWS::URLSuffix':
        return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
      case 'AWS::StackName':
        return 'local';
      case 'AWS::StackId':
        return `arn:${partitionOf(region)}:cloudformation:${region}:${accountId}:stack/local/local`;
      case 'AWS::NotificationARNs':
        return [];
      case 'AWS::NoValue':
        return noValue;
      default:
    }
    const parameter = this.#parameters.get(name);
    if (parameter !== undefined) return this.#parameter(name, parameter, at);
    if (layerTypes.has(this.#typeOf(name))) return layerArn(region, accountId, name);
    if (this.#resources.has(name)) return this.resourceName(name, at);
    throw this.#document.problem(at, `${name} is neither a parameter nor a resource of this template.`);
  }

  #parameter(name: string, node: Node, at: Node): TemplateValue {
    const members = this.#document.mapAt(node, `Parameter ${name}`);
    const preset = members.get('Default');
    if (preset === undefined) {
      throw this.#document.problem(at, `The parameter ${name} has no Default.`, `Give ${name} a Default in Parameters.`);
    }
    const text = this.text(preset, `Default of ${name}`);
    const type = members.get('Type');
    const isList = type !== undefined && /^(CommaDelimitedList|List<)/.test(String(this.text(type, `Type of ${name}`)));
    return isList && typeof text === 'string' ? text.split(',').map((item) => item.trim()) : text;
  }

  /** The name of a resource: the one that the template sets, else its logical id. */
  resourceName(logicalId: string, at: Node): string {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) throw this.#document.problem(at, `There is no resource ${logicalId}.`);
    const properties = this.#document.mapAt(
      this.#document.mapAt(resource, `Resource ${logicalId}`).get('Properties'),
      `Properties of ${logicalId}`,
    );
    for (const property of nameProperties) {
      const node = properties.get(property);
      if (node === undefined) continue;
      const name = this.#guarded(`name of ${logicalId}`, at, () => this.text(node, `${property} of ${logicalId}`));
      if (name !== noValue) return name;
    }
    if (!this.#isFunction(logicalId)) {
      this.#settings.warn(
        `${this.#document.file}:${this.#document.lineOf(at)}: the name of ${logicalId} is given by a deployment; ` +
          `"${logicalId}" is used here. Set its name in the template to use another.`,
      );
    }
    return logicalId;
  }

  /** The folder, as the template writes it, of a layer that Ref names; undefined for one that is elsewhere or packed. */
  layerContent(arn: string): string | undefined {
    for (const [logicalId, node] of this.#resources) {
      if (!layerTypes.has(this.#typeOf(logicalId))) continue;
      const { region, accountId } = this.#settings;
      if (layerArn(region, accountId, logicalId) !== arn) continue;
      const resource = this.#document.mapAt(node, `Resource ${logicalId}`);
      const properties = this.#document.mapAt(resource.get('Properties'), `Properties of ${logicalId}`);
      const content = properties.get('ContentUri') ?? properties.get('Content');
      const value = content === undefined ? undefined : this.evaluate(content);
      return typeof value === 'string' && !/^(s3|https?):\/\/|\.(zip|jar)$/.test(value) ? value : undefined;
    }
    return undefined;
  }

  #typeOf(logicalId: string): string {
    const resource = this.#resources.get(logicalId);
    const type = resource === undefined ? undefined : this.#document.mapAt(resource, `Resource ${logicalId}`).get('Type');
    const text = type === undefined ? '' : this.text(type, `Type of ${logicalId}`);
    return text === noValue ? '' : text;
  }

  #isFunction(logicalId: string): boolean {
    return ['AWS::Serverless::Function', 'AWS::Lambda::Function'].includes(this.#typeOf(logicalId));
  }

  #attribute(path: string, at: Node): TemplateValue {
    const dot = path.indexOf('.');
    const logicalId = path.slice(0, dot);
    const attribute = path.slice(dot + 1);
    if (dot < 1 || !this.#resources.has(logicalId))
      throw this.#document.problem(at, `There is no resource ${logicalId || path}.`);
    if (attribute === 'Arn') {
      const { region, accountId } = this.#settings;
      const partition = partitionOf(region);
      const type = this.#typeOf(logicalId);
      if (this.#isFunction(logicalId)) return lambdaArn(region, accountId, this.resourceName(logicalId, at));
      if (type === 'AWS::S3::Bucket') return `arn:${partition}:s3:::${this.resourceName(logicalId, at)}`;
      if (type === 'AWS::IAM::Role') return `arn:${partition}:iam::${accountId}:role/${this.resourceName(logicalId, at)}`;
      if (type === 'AWS::SQS::Queue') return `arn:${partition}:sqs:${region}:${accountId}:${this.resourceName(logicalId, at)}`;
      if (type === 'AWS::DynamoDB::Table' || type === 'AWS::Serverless::SimpleTable') {
        return `arn:${partition}:dynamodb:${region}:${accountId}:table/${this.resourceName(logicalId, at)}`;
      }
    }
    throw this.#document.problem(at, `${path} is not known on this machine.`, noDeployment);
  }

  #sub(node: Node, depth: number): string {
    let pattern: TemplateValue;
    let names = new Map<string, Node>();
    if (isSeq(node)) {
      const [first, second] = node.items as Node[];
      if (first === undefined || second === undefined) throw this.#document.problem(node, 'Sub takes text and a map.');
      pattern = this.#plain(this.#document.follow(first, depth), depth);
      names = this.#document.mapAt(second, 'The second part of Sub');
    } else {
      pattern = this.#plain(node, depth);
    }
    return this.#asText(pattern, node).replace(/\$\{(!?)([^}]*)\}/g, (_match, literal: string, inner: string) => {
      if (literal !== '') return `\${${inner}}`;
      const name = inner.trim();
      const own = names.get(name);
      if (own !== undefined) return this.#asText(this.evaluate(own, depth + 1), node);
      const isAttribute = name.includes('.') && !name.startsWith('AWS::');
      return this.#asText(isAttribute ? this.#attribute(name, node) : this.#ref(name, node), node);
    });
  }

  #findInMap(node: Node, depth: number): TemplateValue {
    const [map = '', first = '', second = ''] = this.#list(node, depth).map((part) => this.#asText(part, node));
    const value = this.#document
      .mapAt(this.#document.mapAt(this.#mappings.get(map), `Mapping ${map}`).get(first), `Mapping ${map}.${first}`)
      .get(second);
    if (value === undefined) throw this.#document.problem(node, `There is no mapping ${map}.${first}.${second}.`);
    return this.evaluate(value, depth + 1);
  }

  #isTrue(node: Node, depth = 0): boolean {
    const target = this.#document.follow(node, depth);
    const tag = shortTag(target);
    if (tag !== undefined) return this.#isTrueCall(tag, target, depth);
    const [only] = isMap(target) ? this.#document.entries(target) : [];
    if (only === undefined) throw this.#document.problem(node, 'A condition is expected here.');
    return this.#isTrueCall(only[0].replace(/^Fn::/, ''), only[1], depth + 1);
  }

  #isTrueCall(name: string, argument: Node, depth: number): boolean {
    const node = this.#document.follow(argument, depth);
    if (name === 'Condition') return this.holds(this.#asText(this.#plain(node, depth), node), node);
    if (name === 'Equals') {
      const [left = null, right = null] = this.#list(node, depth);
      return this.#asText(left, node) === this.#asText(right, node);
    }
    const parts = isSeq(node) ? (node.items as Node[]) : [];
    if (name === 'And') return parts.every((part) => this.#isTrue(part, depth + 1));
    if (name === 'Or') return parts.some((part) => this.#isTrue(part, depth + 1));
    const [first] = parts;
    if (name === 'Not' && first !== undefined) return !this.#isTrue(first, depth + 1);
    throw this.#document.problem(node, `${name} is not a condition.`);
  }

  #guarded<T>(name: string, at: Node, action: () => T): T {
    if (this.#open.has(name)) throw this.#document.problem(at, `The ${name} refers to itself.`);
    this.#open.add(name);
    try {
      return action();
    } finally {
      this.#open.delete(name);
    }
  }
}

const layerTypes: ReadonlySet<string> = new Set(['AWS::Serverless::LayerVersion', 'AWS::Lambda::LayerVersion']);

/** What Ref gives for a layer; a deployment would have its name and count its versions. */
function layerArn(region: string, accountId: string, logicalId: string): string {
  return `arn:${partitionOf(region)}:lambda:${region}:${accountId}:layer:${logicalId}:1`;
}

/** `Ref` of `!Ref`; undefined for a node without a tag of CloudFormation's. */
function shortTag(node: Node): string | undefined {
  const tag = 'tag' in node && typeof node.tag === 'string' ? node.tag : undefined;
  return tag !== undefined && /^![A-Za-z0-9]/.test(tag) ? tag.slice(1) : undefined;
}

import type { JobFile } from '../job/jobFile.js';
import { findOperation } from '../operations/catalogue.js';
import { isRecord } from '../operations/validateShape.js';
import type { Localizer } from '../view/localizer.js';
import type { ManifestReach } from './manifestReach.js';
import { type PriceOverrides, type Prices, pricesFor, type RegionPrices } from './priceTable.js';

/** What an estimate depends on and a job file does not say. Everything may be left out. */
export interface CostFacts {
  /** From the manifest. */
  readonly reach?: ManifestReach | undefined;
  /** Rows, when only their number is known; wins over `reach`. */
  readonly rows?: number | undefined;
  /** Objects in the bucket that the service lists, for a generated list. */
  readonly listedObjects?: number | undefined;
  readonly region?: string | undefined;
  readonly prices?: PriceOverrides | undefined;
  readonly lambda?:
    | {
        /** Of one invocation, as measured in a local run. */
        readonly durationMs: number;
        /** 128 when left out, Lambda's own default. */
        readonly memoryMb?: number | undefined;
        readonly isArm?: boolean | undefined;
      }
    | undefined;
}

export interface CostLine {
  /** What is paid for. */
  readonly label: string;
  /** How many of what at which price. */
  readonly basis: string;
  /** US dollars; undefined when it depends on what is not known, which `basis` then says. */
  readonly usd: number | undefined;
  /** Charged only under a condition that `label` names, and not part of the total. */
  readonly isOptional: boolean;
}

/** The cost and reach of a job. All amounts are estimates. */
export interface JobCost {
  readonly operation: string;
  /** Undefined when the number of objects is known only once the job is prepared. */
  readonly rows: number | undefined;
  /** Rows by bucket; empty when unknown. */
  readonly buckets: ReadonlyMap<string, number>;
  /** The operation's documented limit, when there are more rows. */
  readonly exceededLimit: number | undefined;
  readonly lines: readonly CostLine[];
  /** Sum of the lines that are not optional and known; US dollars. */
  readonly totalUsd: number;
  /** True when a line that is not optional is not known. */
  readonly isTotalAtLeast: boolean;
  /** Under so many objects a loop costs less; undefined when a loop of this speed always costs less in fees. */
  readonly loopCheaperUnder: number | undefined;
  readonly prices: RegionPrices;
  readonly notes: readonly string[];
}

/** How fast a plain loop is: one request after the other with some 20 ms each. An assumption. */
export const loopRequestsPerSecond = 50;

/** The estimate for one job. Source of what is charged for: S3 pricing page; S3 User Guide, batch-ops and aws-usage-report-understand. */
export function costOfJob(job: JobFile, facts: CostFacts, l10n: Localizer): JobCost {
  const [name = ''] = Object.keys(job.Operation);
  const definition = findOperation(name);
  const prices = pricesFor(facts.region, facts.prices);
  const rows = facts.rows ?? facts.reach?.rows;
  const calculation = new Calculation(job, facts, prices.prices, rows, l10n);
  const lines = calculation.lines(name, isRecord(job.Operation[name]) ? job.Operation[name] : {});
  const due = lines.filter((line) => !line.isOptional);
  const limit = definition?.maxObjects;
  const perObject = prices.prices.loopHour / (3600 * loopRequestsPerSecond) - prices.prices.millionObjects / 1e6;
  return {
    operation: definition?.label ?? name,
    rows,
    buckets: facts.reach?.buckets ?? new Map(),
    exceededLimit: limit !== undefined && rows !== undefined && rows > limit ? limit : undefined,
    lines,
    totalUsd: due.reduce((sum, line) => sum + (line.usd ?? 0), 0),
    isTotalAtLeast: due.some((line) => line.usd === undefined),
    loopCheaperUnder: perObject > 0 ? Math.floor(prices.prices.job / perObject) : undefined,
    prices,
    notes: [
      l10n.t(
        'A job that is cancelled is billed: its fee, and each object that it worked on until then. Failed tasks count as well.',
      ),
      ...calculation.notes(name),
      l10n.t('Not included: data transfer between Regions, storage, retrieval per gigabyte, early deletion, and retries.'),
    ],
  };
}

type RequestClass =
  | 'thousandPuts'
  | 'thousandPutsIntelligentTiering'
  | 'thousandPutsStandardIa'
  | 'thousandPutsOneZoneIa'
  | 'thousandPutsGlacierInstant'
  | 'thousandPutsGlacier'
  | 'thousandPutsDeepArchive'
  | 'thousandGets'
  | 'thousandRestoresGlacier'
  | 'thousandRestoresGlacierBulk';

const putsByStorageClass: Readonly<Record<string, RequestClass>> = {
  INTELLIGENT_TIERING: 'thousandPutsIntelligentTiering',
  STANDARD_IA: 'thousandPutsStandardIa',
  ONEZONE_IA: 'thousandPutsOneZoneIa',
  GLACIER_IR: 'thousandPutsGlacierInstant',
  GLACIER: 'thousandPutsGlacier',
  DEEP_ARCHIVE: 'thousandPutsDeepArchive',
};

class Calculation {
  readonly #job: JobFile;
  readonly #facts: CostFacts;
  readonly #prices: Prices;
  readonly #rows: number | undefined;
  readonly #l10n: Localizer;

  constructor(job: JobFile, facts: CostFacts, prices: Prices, rows: number | undefined, l10n: Localizer) {
    this.#job = job;
    this.#facts = facts;
    this.#prices = prices;
    this.#rows = rows;
    this.#l10n = l10n;
  }

  lines(name: string, parameters: Readonly<Record<string, unknown>>): CostLine[] {
    const l10n = this.#l10n;
    const lines: CostLine[] = [
      {
        label: l10n.t('Job'),
        basis: l10n.t('1 job at {0}', usdText(this.#prices.job)),
        usd: this.#prices.job,
        isOptional: false,
      },
      this.#each(l10n.t('Objects'), 1, this.#prices.millionObjects, 1e6),
    ];
    if (this.#job.ManifestGenerator !== undefined) {
      const listed = this.#facts.listedObjects;
      const price = usdText(this.#prices.millionListed);
      lines.push({
        label: l10n.t('Generated list'),
        basis:
          listed === undefined
            ? l10n.t('{0} for a million objects in the source bucket, whether they match or not', price)
            : l10n.t('{0} objects in the source bucket at {1} for 1,000,000', countText(listed), price),
        usd: listed === undefined ? undefined : (listed / 1e6) * this.#prices.millionListed,
        isOptional: false,
      });
    }
    const requests = this.#requests(name, parameters);
    lines.push(...requests.lines);
    const keyRequests = keyRequestsOf(name, parameters);
    if (keyRequests > 0)
      lines.push(this.#each(l10n.t('Requests to KMS, at most'), keyRequests, this.#prices.tenThousandKeyRequests, 1e4));
    lines.push({
      ...this.#each(
        l10n.t('CloudTrail, if a trail records data events'),
        requests.events,
        this.#prices.hundredThousandEvents,
        1e5,
      ),
      isOptional: true,
    });
    return lines;
  }

  notes(name: string): string[] {
    const l10n = this.#l10n;
    switch (name) {
      case 'LambdaInvoke':
        return [
          l10n.t('What the function itself requests of S3 and others is not included.'),
          ...(this.#facts.lambda === undefined
            ? [l10n.t('Run the job locally first: the time that its function takes makes the Lambda line an amount.')]
            : [l10n.t('The duration is that of this machine; Lambda may take more or less time.')]),
        ];
      case 'S3InitiateRestoreObject':
        return [
          l10n.t(
            'Restore requests are taken for those of S3 Glacier Flexible Retrieval; Deep Archive costs more, Intelligent-Tiering nothing.',
          ),
        ];
      case 'S3ReplicateObject':
        return [
          l10n.t(
            'Requests of a replication are the most that AWS documents: five GET and a PUT at the source, a PUT at each destination.',
          ),
        ];
      case 'S3ComputeObjectChecksum':
        return [l10n.t('Computing checksums has a price for each gigabyte besides, which this table does not know.')];
      case 'S3UpdateObjectEncryption':
        return [l10n.t('AWS does not say how a change of encryption is charged; it is taken for a PUT request.')];
      default:
        return [];
    }
  }

  #requests(
    name: string,
    parameters: Readonly<Record<string, unknown>>,
  ): { readonly lines: CostLine[]; readonly events: number } {
    const l10n = this.#l10n;
    const request = (label: string, each: number, kind: RequestClass): CostLine =>
      this.#each(label, each, this.#prices[kind], 1000);
    const puts = l10n.t('PUT requests');
    switch (name) {
      case 'LambdaInvoke':
        return {
          lines: [this.#each(l10n.t('Lambda invocations'), 1, this.#prices.millionInvocations, 1e6), this.#duration()],
          events: 1,
        };
      case 'S3PutObjectCopy': {
        const storageClass = typeof parameters['StorageClass'] === 'string' ? parameters['StorageClass'] : 'STANDARD';
        const label = l10n.t('COPY requests to {0}', storageClass);
        return { lines: [request(label, 1, putsByStorageClass[storageClass] ?? 'thousandPuts')], events: 1 };
      }
      case 'S3DeleteObjectTagging':
        return { lines: [request(l10n.t('Other requests'), 1, 'thousandGets')], events: 1 };
      case 'S3InitiateRestoreObject': {
        const isBulk = parameters['GlacierJobTier'] === 'BULK';
        return {
          lines: [request(l10n.t('Restore requests'), 1, isBulk ? 'thousandRestoresGlacierBulk' : 'thousandRestoresGlacier')],
          events: 1,
        };
      }
      case 'S3ReplicateObject':
        return { lines: [request(puts, 2, 'thousandPuts'), request(l10n.t('GET requests'), 5, 'thousandGets')], events: 7 };
      case 'S3ComputeObjectChecksum':
        return { lines: [], events: 1 };
      default:
        return { lines: [request(puts, 1, 'thousandPuts')], events: 1 };
    }
  }

  #duration(): CostLine {
    const l10n = this.#l10n;
    const { lambda } = this.#facts;
    const price = lambda?.isArm === true ? this.#prices.gigabyteSecondArm : this.#prices.gigabyteSecond;
    const label = l10n.t('Lambda duration');
    if (lambda === undefined || this.#rows === undefined) {
      return {
        label,
        basis: l10n.t('{0} for a gigabyte and second; the duration is not known', usdText(price)),
        usd: undefined,
        isOptional: false,
      };
    }
    const memoryMb = lambda.memoryMb ?? 128;
    // Billed in whole milliseconds, rounded up for each invocation.
    const gigabyteSeconds = (this.#rows * Math.ceil(lambda.durationMs) * memoryMb) / 1024 / 1000;
    return {
      label,
      basis: l10n.t(
        '{0} ms with {1} MB each, at {2} for a gigabyte and second',
        String(Math.ceil(lambda.durationMs)),
        memoryMb,
        usdText(price),
      ),
      usd: gigabyteSeconds * price,
      isOptional: false,
    };
  }

  /** So many of something for each object. */
  #each(label: string, each: number, price: number, per: number): CostLine {
    const l10n = this.#l10n;
    const rows = this.#rows;
    const rate = l10n.t('{0} for {1}', usdText(price), countText(per));
    const basis =
      rows === undefined ? l10n.t('{0} for each object, at {1}', each, rate) : l10n.t('{0} at {1}', countText(rows * each), rate);
    return { label, basis, usd: rows === undefined ? undefined : ((rows * each) / per) * price, isOptional: false };
  }
}

/** Requests to KMS for each object, without bucket keys. */
function keyRequestsOf(name: string, parameters: Readonly<Record<string, unknown>>): number {
  if (name === 'S3UpdateObjectEncryption') return 2;
  return name === 'S3PutObjectCopy' && parameters['SSEAwsKmsKeyId'] !== undefined ? 2 : 0;
}

/** `$0.25`, `$0.0000166667`, `$1,204.50`: cents, or what is needed below one. */
function usdText(usd: number): string {
  // Six digits that count: $0.10, $0.0000166667.
  const decimals = usd !== 0 && usd < 1 ? 5 - Math.floor(Math.log10(usd)) : 2;
  return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: decimals })}`;
}

/** An amount that was computed: to the cent, and never nothing for something. */
export function amountText(usd: number): string {
  return usd > 0 && usd < 0.01 ? '<$0.01' : usdText(Math.round(usd * 100) / 100);
}

function countText(count: number): string {
  return count.toLocaleString('en');
}

/**
 * List prices in US dollars, with where they are from. Everything that is computed from them is an estimate: contracts, free tiers, volume
 * steps and taxes are left out, and prices change.
 */
export interface Prices {
  /** A job, whatever becomes of it. */
  readonly job: number;
  /** A million objects that a job works on. */
  readonly millionObjects: number;
  /** A million objects in the source bucket, for a list that the service generates. */
  readonly millionListed: number;
  /** A thousand PUT, COPY or POST requests to objects in S3 Standard; tags and ACLs too. */
  readonly thousandPuts: number;
  readonly thousandPutsIntelligentTiering: number;
  readonly thousandPutsStandardIa: number;
  readonly thousandPutsOneZoneIa: number;
  readonly thousandPutsGlacierInstant: number;
  readonly thousandPutsGlacier: number;
  readonly thousandPutsDeepArchive: number;
  /** A thousand GET and all other requests. */
  readonly thousandGets: number;
  /** A thousand restore requests by storage class and tier. */
  readonly thousandRestoresGlacier: number;
  readonly thousandRestoresGlacierBulk: number;
  readonly thousandRestoresDeepArchive: number;
  readonly thousandRestoresDeepArchiveBulk: number;
  readonly millionInvocations: number;
  /** A gigabyte of memory for a second, x86. */
  readonly gigabyteSecond: number;
  /** A gigabyte of memory for a second, Arm. */
  readonly gigabyteSecondArm: number;
  /** A hundred thousand data events that a trail records. */
  readonly hundredThousandEvents: number;
  /** Ten thousand requests to KMS. */
  readonly tenThousandKeyRequests: number;
  /** An hour of a machine that runs a loop of its own: no list price, an assumption. */
  readonly loopHour: number;
}

export type PriceName = keyof Prices;

/** When the prices were looked up. */
export const pricesAsOf = '2026-11-22';

/** The pages that say what is charged for. */
export const priceSources = [
  'https://aws.amazon.com/s3/pricing/',
  'https://aws.amazon.com/lambda/pricing/',
  'https://aws.amazon.com/cloudtrail/pricing/',
  'https://aws.amazon.com/kms/pricing/',
] as const;

/** US East (N. Virginia). */
const basePrices: Prices = {
  job: 0.25,
  millionObjects: 1,
  millionListed: 0.015,
  thousandPuts: 0.005,
  thousandPutsIntelligentTiering: 0.005,
  thousandPutsStandardIa: 0.01,
  thousandPutsOneZoneIa: 0.01,
  thousandPutsGlacierInstant: 0.02,
  thousandPutsGlacier: 0.03,
  thousandPutsDeepArchive: 0.05,
  thousandGets: 0.0004,
  thousandRestoresGlacier: 0.03,
  thousandRestoresGlacierBulk: 0,
  thousandRestoresDeepArchive: 0.1,
  thousandRestoresDeepArchiveBulk: 0.025,
  millionInvocations: 0.2,
  gigabyteSecond: 0.0000166667,
  gigabyteSecondArm: 0.0000133334,
  hundredThousandEvents: 0.1,
  tenThousandKeyRequests: 0.03,
  loopHour: 1,
};

export const priceNames = Object.keys(basePrices) as readonly PriceName[];

/** What differs elsewhere, as far as it was looked up. A Region with an empty entry has the prices of us-east-1. */
const regionPrices: Readonly<Record<string, Partial<Prices>>> = {
  'us-east-1': {},
  'us-east-2': {},
  'us-west-2': {},
  'eu-west-1': {},
  'ca-central-1': { thousandPuts: 0.0055, thousandGets: 0.00044 },
};

/** Prices by name that somebody knows better. */
export type PriceOverrides = Readonly<Partial<Record<PriceName, number>>>;

export interface RegionPrices {
  readonly prices: Prices;
  readonly region: string;
  /** False when the table has nothing for the Region: the prices are those of us-east-1 then. */
  readonly isOfRegion: boolean;
  readonly overridden: readonly PriceName[];
}

/** The prices of a Region with overrides. */
export function pricesFor(region: string | undefined, overrides: PriceOverrides = {}): RegionPrices {
  const ofRegion = regionPrices[region ?? 'us-east-1'];
  return {
    prices: { ...basePrices, ...ofRegion, ...overrides },
    region: region ?? 'us-east-1',
    isOfRegion: ofRegion !== undefined,
    overridden: priceNames.filter((name) => overrides[name] !== undefined),
  };
}

/** An acceptable override: a known name and a price of 0 or more. */
export function isPriceOverride(name: string, price: unknown): boolean {
  return priceNames.some((known) => known === name) && typeof price === 'number' && Number.isFinite(price) && price >= 0;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Finds credentials; the options are what an SDK client says about itself, such as its Region. */
export type CredentialSource = (options?: Record<string, unknown>) => Promise<Credentials>;

export interface CredentialOptions {
  /** Of the AWS configuration files; left out, what the environment gives. */
  readonly profile?: string | undefined;
  /**
   * Asks a person for the code of an MFA device (its serial number or ARN), again while AWS refuses what was given; a rejection ends it.
   * Left out, profiles that need one can't be used.
   */
  readonly askMfaCode?: ((serial: string, wasRefused: boolean) => Promise<string>) | undefined;
}

/** A VS Code that the host suite runs in. It comes from npm as part of the package `code-server`: a download from the vendor's site is not possible everywhere. */
export interface HostVersion {
  /** Version of VS Code. */
  readonly vscode: string;
  readonly codeServer: string;
  /** Major version of the Node that the server and its extension host need. */
  readonly nodeMajor: number;
  /** Version of the npm packages that carry such a Node. */
  readonly nodePackage: string;
  /** This version looks at the development payload of the URL only when the driver for smoke tests is on. */
  readonly needsSmokeTestDriver: boolean;
  /** Its password hashing and its terminals need native builds. We serve without a password, and look at no terminal: stand-ins will do. */
  readonly needsStandIns: boolean;
}

export const newestHost: HostVersion = {
  vscode: '1.139.1',
  codeServer: '4.139.1',
  nodeMajor: 24,
  nodePackage: '24.21.0',
  needsSmokeTestDriver: true,
  needsStandIns: false,
};

/** The oldest VS Code that package.json's `engines` admits. */
export const oldestHost: HostVersion = {
  vscode: '1.100.3',
  codeServer: '4.100.3',
  nodeMajor: 20,
  nodePackage: '20.20.2',
  needsSmokeTestDriver: false,
  needsStandIns: true,
};

export const hostVersions: readonly HostVersion[] = [newestHost, oldestHost];

/** @throws Error that names the versions there are. */
export function hostVersion(vscode: string): HostVersion {
  const found = hostVersions.find((version) => version.vscode === vscode);
  if (found === undefined) {
    throw new Error(
      `There is no VS Code ${vscode} to test with. Take ${hostVersions.map((version) => version.vscode).join(' or ')}.`,
    );
  }
  return found;
}

/** The commands of an operator: a key for the publisher, and a contract on a chain. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { getAddress, Wallet } from "ethers";
import { errorCode, StartError } from "../start-error.ts";
import { readAnchorKey } from "./anchor-key.ts";
import { deployAnchor } from "./deploy.ts";

const USAGE = `usage:
  node cloud/anchor-command.ts new-key --key-file FILE
    Makes a private key in a new file that its owner alone may read, and prints the address of its account.
  node cloud/anchor-command.ts deploy --rpc URL --key-file FILE [--admin ADDRESS] [--publisher ADDRESS]
    Puts the contract on the chain at the expense of that key's account, which is its admin and publisher where no others
    are named, and prints what goes into the cloud's configuration.`;

export type CommandOutput = { print(line: string): void; complain(line: string): void };

/** Settles with the exit code: 0 done, 1 not. */
export async function runAnchorCommand(args: readonly string[], output: CommandOutput): Promise<number> {
  try {
    const [command, values] = argumentsOf(args);
    if (command === "new-key") output.print(newKey(values["key-file"]));
    else output.print(await deploy(values));
    return 0;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    output.complain(error.message);
    return 1;
  }
}

type Values = Readonly<Record<"rpc" | "key-file" | "admin" | "publisher", string>>;

function argumentsOf(args: readonly string[]): ["new-key" | "deploy", Values] {
  try {
    const text = { type: "string", default: "" } as const;
    const options = { rpc: text, "key-file": text, admin: text, publisher: text };
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [command] = positionals;
    if (positionals.length === 1 && (command === "new-key" || command === "deploy")) return [command, values];
  } catch (error) {
    if (!errorCode(error)?.startsWith("ERR_PARSE_ARGS")) throw error;
  }
  throw new StartError(USAGE);
}

function newKey(file: string): string {
  if (file === "") throw new StartError(USAGE);
  const { privateKey, address } = Wallet.createRandom();
  try {
    writeFileSync(file, `${privateKey}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new StartError(
      `A new file ${file} was to be made, but cannot be (${errorCode(error) ?? "unknown error"}). Name one that is not there yet.`,
      { cause: error },
    );
  }
  return address;
}

async function deploy({ rpc, "key-file": keyFile, admin, publisher }: Values): Promise<string> {
  if (!URL.canParse(rpc)) throw new StartError(USAGE);
  const privateKey = readAnchorKey(keyFile || undefined, process.cwd());
  const own = new Wallet(privateKey).address;
  const publisherAddress = addressOr(publisher, own);
  try {
    const deployed = await deployAnchor({
      rpcUrl: rpc,
      privateKey,
      admin: addressOr(admin, own),
      publisher: publisherAddress,
    });
    return [
      `# admin ${addressOr(admin, own)}, publisher ${publisherAddress}; keyFile is the publisher's`,
      "anchor:",
      `  rpcUrls: [${JSON.stringify(rpc)}]`,
      `  chainId: ${deployed.chainId}`,
      `  contract: ${JSON.stringify(deployed.contract)}`,
      ...(publisherAddress === own ? [`  keyFile: ${JSON.stringify(keyFile)}`] : []),
    ].join("\n");
  } catch (error) {
    // What the library says would quote the endpoint's address, which may hold a key.
    throw new StartError(
      `The contract was to be put on the chain, but was not (${errorCode(error) ?? "unknown error"}). Look at the endpoint and at what the account holds.`,
    );
  }
}

function addressOr(text: string, own: string): string {
  if (text === "") return own;
  try {
    return getAddress(text);
  } catch {
    throw new StartError(`An address of 0x and 40 hexadecimal digits was expected, but ${text} came.`);
  }
}

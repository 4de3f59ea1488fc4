/** Puts a new contract on a chain. */
import { ContractFactory, JsonRpcProvider, Wallet, ZeroAddress } from "ethers";
import { anchorInterface, CONTRACT_BYTECODE } from "./contract.ts";

export type Deployment = {
  readonly rpcUrl: string;
  /** Whose account pays, 0x and 64 hexadecimal digits. */
  readonly privateKey: string;
  /** Left out: the account that pays. */
  readonly admin?: string;
  /** Who may anchor from the start; left out: nobody until the admin grants it. */
  readonly publisher?: string;
};
export type Deployed = { readonly chainId: number; readonly contract: string };

/** Settles when the contract stands in a block. */
export async function deployAnchor({ rpcUrl, privateKey, admin, publisher }: Deployment): Promise<Deployed> {
  const provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 250 });
  try {
    const wallet = new Wallet(privateKey, provider);
    const factory = new ContractFactory(anchorInterface, CONTRACT_BYTECODE, wallet);
    const contract = await factory.deploy(admin ?? wallet.address, publisher ?? ZeroAddress);
    await contract.waitForDeployment();
    const { chainId } = await provider.getNetwork();
    return { chainId: Number(chainId), contract: (await contract.getAddress()).toLowerCase() };
  } finally {
    provider.destroy();
  }
}

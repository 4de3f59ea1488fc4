/** Redeems a sign-in link as a browser would, and keeps its cookie. */
export type SignedIn = {
  get(path: string): Promise<Response>;
  send(path: string, request: RequestInit): Promise<Response>;
};

export async function signIn(link: string): Promise<SignedIn> {
  const url = new URL(link);
  const response = await fetch(new URL("/sign-in", url), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: url.origin },
    body: new URLSearchParams({ token: url.searchParams.get("token") ?? "" }),
    redirect: "manual",
  });
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0];
  if (response.status !== 303 || cookie === undefined)
    throw new Error(`signing in was answered with ${response.status}`);
  const { origin } = url;
  return {
    get: (path) => fetch(new URL(path, url), { headers: { cookie } }),
    send: (path, request) =>
      fetch(new URL(path, url), { ...request, headers: { ...request.headers, cookie, origin } }),
  };
}

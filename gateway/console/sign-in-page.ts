/** Opening a link burns nothing, since browsers and mail scanners open links ahead of their reader; the button does. */
export function signInPage(token: string | null): string {
  const main =
    token === null
      ? "<p>This link was used or is older than 15 minutes. Restart the gateway for a new one.</p>"
      : `<p>Sign in to this gateway's status page.</p><form method="post" action="/sign-in"><input type="hidden" name="token" value="${token}"><button type="submit">Sign in</button></form>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Hospitell gateway: sign in</title></head><body><main><h1>Hospitell gateway</h1>${main}</main></body></html>`;
}

/** What a token looks like; anything else is not written back into a page. */
export const TOKEN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/**
 * The page behind a sign-in link. Opening it burns nothing: mail scanners and previews open links too. The button
 * does, and the script presses it, so that a person need not.
 */
export const SIGN_IN_SCRIPT = `const press = () => document.querySelector("form").submit();
if (document.prerendering) document.addEventListener("prerenderingchange", press, { once: true });
else press();
`;

const page = (body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in to Hospitell</title>
</head>
<body>
<h1>Hospitell</h1>
${body}
</body>
</html>
`;

/** `token` has been checked: it holds nothing that HTML would read as its own. */
export const signInPage = (token: string) =>
  page(`<form method="post" action="/sign-in">
<input type="hidden" name="token" value="${token}">
<button>Sign in</button>
</form>
<script src="/sign-in.js" defer></script>`);

export const linkSpentPage = page(
  "<p>This sign-in link was used already, or has expired: a link works once, for 15 minutes. Ask for a new one.</p>",
);

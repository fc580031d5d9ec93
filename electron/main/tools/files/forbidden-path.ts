/**
 * Owns which files are never found and never read, whatever folder they are in: keys, passwords, what programs keep of
 * sign-ins, and what is no file of a person at all. By the names along the real path. Pure.
 */

const words = (...lines: readonly string[]): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => line.split(" ")));

/** Folders and files, wherever they are. */
const names = words(
  // Keys and what opens others.
  ".ssh .gnupg .gpg .pki .password-store .age .sops .vault-token .vault_pass .certs keyrings kwalletd keychains",
  "shadow gshadow sudoers master.passwd .xauthority .iceauthority .yubico .keychain .step .acme.sh letsencrypt",
  "system-connections wpa_supplicant.conf .vnc",
  // What programs sign in with.
  ".netrc _netrc .npmrc .yarnrc .yarnrc.yml .pypirc .git-credentials .pgpass .my.cnf .mylogin.cnf .htpasswd",
  ".aws .azure .kube .docker .dockercfg .gcloud .boto .s3cfg .oci .terraform.d .terraformrc .fly .vercel .netlify",
  "credentials credentials.json credentials.toml .credentials client_secret.json service-account.json",
  ".gem rclone.conf .wgetrc .curlrc .smbcredentials .passwd-s3fs .davfs2 .databrickscfg .snowsql .envrc",
  ".m2 .gradle .nuget nuget.config .composer .bundle .jfrog .pip pip.conf pip.ini .condarc pub-credentials.json",
  ".pg_service.conf pgpass.conf .subversion .cvspass .hgrc .chef .pulumi .aliyun .bluemix .openstack clouds.yaml",
  ".minikube kubeconfig .cloudflared .wrangler .ngrok .ngrok2 .railway .supabase .expo .sentryclirc .kaggle",
  ".msmtprc .mbsyncrc .offlineimaprc .fetchmailrc .muttrc .mutt .purple .irssi .weechat .filezilla winscp.ini",
  "auth.json token.json tokens.json oauth_creds.json application_default_credentials.json",
  // Other assistants: what they sign in with, and what was said to them.
  ".credentials.json .claude .claude.json .codex .gemini .cursor .continue .copilot .huggingface .aider.conf.yml",
  // What browsers, mail programs and wallets have under names of their own.
  ".mozilla .thunderbird .betterbird .opera .librewolf .waterfox .floorp .zen .tor-browser .1password",
  ".claws-mail .evolution .electrum .bitcoin .ethereum .litecoin .dogecoin .monero .zcash .near-credentials",
  "cookies.sqlite logins.json key4.db key3.db signons.sqlite wallet.dat",
);

/** What programs keep of their own, in the folders of the system that are for that. */
const ofPrograms = words(
  "google-chrome google-chrome-beta chrome chromium bravesoftware brave-browser microsoft-edge edge vivaldi opera",
  "opera-stable firefox librewolf waterfox mozilla thunderbird epiphany torbrowser cookies webdata",
  "yandex-browser thorium arc zen floorp qutebrowser falkon evolution geary mailspring goa-1.0",
  "keepass keepassxc bitwarden 1password lastpass enpass signal element telegram-desktop slack discord",
  "gcloud gh glab-cli hub op doctl hcloud scw heroku rclone containers configstore ngrok stripe",
  "claude codex opencode github-copilot huggingface remmina filezilla solana exodus git-credential-manager",
);
const foldersOfPrograms = words(".config .cache .local .var .snap snap appdata library caches");

const patterns = [
  /^\.env(?:\..*)?$/,
  /\.env$/,
  /\.(?:pem|p12|pfx|p8|pk8|jks|keystore|kdb|kdbx|ppk|ovpn|keytab|agekey|gpg|pgp)$/,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?(?:[._-].*)?$/,
  /^ssh_host_.*_key$/,
  // What was typed into a shell holds passwords more often than one thinks.
  /_history(?:\.txt)?$|^\.histfile$|^\.zhistory$/,
  // What was rolled out, with its passwords in plain text.
  /\.tfstate(?:\.backup)?$|\.tfvars$/,
  /\.keychain(?:-db)?$/,
  /^login data(?: for account)?$/,
  /^\.?secrets?\.(?:json|ya?ml|toml|ini|env|txt)$/,
];

/** Not files of a person, but doors into the system. */
const systemFolders = words("proc sys dev run boot");

/**
 * @param realPath absolute, with no link left in it.
 * @param ownFolders real paths of the app's own: settings, keys, the log of actions.
 */
export function isForbidden(realPath: string, ownFolders: readonly string[]): boolean {
  const parts = partsOf(realPath);
  if (isOfSystem(parts)) return true;
  if (parts.some((part) => names.has(part) || patterns.some((pattern) => pattern.test(part)))) return true;
  const first = parts.findIndex((part) => foldersOfPrograms.has(part));
  if (first >= 0 && parts.slice(first).some((part) => ofPrograms.has(part))) return true;
  return ownFolders.some((folder) => startsWith(parts, partsOf(folder)));
}

/**
 * In one case, and without what Windows does not see: dots and blanks at the end, and the name of a stream. Where case
 * counts, a little more is forbidden than need be.
 */
const partsOf = (path: string): readonly string[] =>
  path
    .normalize("NFC")
    .toLowerCase()
    .split(/[/\\]/)
    .filter((part) => part !== "")
    .map((part) => part.replace(/(?<=.):.*$/, "").replace(/(?<=[^. ])[. ]+$/, ""));

/** What is plugged in is of the person: some systems show it below `/run/media`. */
const isOfSystem = ([first = "", second = ""]: readonly string[]): boolean =>
  systemFolders.has(first) && `${first}/${second}` !== "run/media";

const startsWith = (parts: readonly string[], folder: readonly string[]): boolean =>
  folder.length > 0 && folder.every((part, index) => parts[index] === part);

/** What begins a private key, in whatever file it is. */
const keyMarks =
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1|^\s*PrivateKey\s*=\s*\S{40}/im;

/** A presentation of a Mac is named `.key` too, so such files are found; but a text of that name is a key. */
export const holdsKey = (path: string, text: string): boolean => /\.key$/i.test(path) || keyMarks.test(text);

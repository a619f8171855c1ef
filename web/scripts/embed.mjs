// Makes assets.cpp and assets.bin of a folder of built files: each compressed, one after the other, and a table that
// host/console/asset.h describes. Refuses a console whose first page asks for too much.
//
//   node scripts/embed.mjs DIST OUT
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

// What a phone in the garden loads in a second.
const kMaxFirstLoadBytes = 300_000;

const kTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

function filesBelow(folder, prefix = '') {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path, `${prefix}/${name}`) : [`${prefix}/${name}`];
  });
}

const [dist, out] = process.argv.slice(2);
const assets = filesBelow(dist).map((path) => {
  const plain = readFileSync(join(dist, path));
  const type = kTypes[extname(path)];
  if (!type) throw new Error(`${path}: embed.mjs does not know this file's type`);
  return { path, type, plain, gzip: gzipSync(plain, { level: 9 }), etag: createHash('sha256').update(plain).digest('hex').slice(0, 16) };
});

// The first page and everything that it names: scripts, what they import at once, styles.
const page = assets.find((asset) => asset.path === '/index.html');
if (/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/.test(page.plain.toString())) throw new Error('index.html has something inline, which its policy forbids');
const named = [...page.plain.toString().matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
const first = assets.filter((asset) => asset === page || named.includes(asset.path));
const firstLoadBytes = first.reduce((sum, asset) => sum + asset.gzip.length, 0);
if (firstLoadBytes > kMaxFirstLoadBytes) {
  const list = first.map((asset) => `  ${asset.gzip.length}  ${asset.path}`).join('\n');
  throw new Error(`the first load is ${firstLoadBytes} bytes compressed, at most ${kMaxFirstLoadBytes} are allowed:\n${list}`);
}

let offset = 0;
const rows = assets.map((asset) => {
  const row = `    {"${asset.path}", "${asset.type}", "\\"${asset.etag}\\"", part(${offset}, ${asset.gzip.length}), ${asset.path.startsWith('/assets/')}},`;
  offset += asset.gzip.length;
  return row;
});
writeFileSync(join(out, 'assets.bin'), Buffer.concat(assets.map((asset) => asset.gzip)));
writeFileSync(join(out, 'assets.cpp'), `// Written by web/scripts/embed.mjs.
#include "host/console/asset.h"

// What no compiler needs to read: a string of this size would cost it seconds.
__asm__(
    ".pushsection .rodata\\n"
    ".balign 16\\n"
    ".global pf_console_files\\n"
    ".hidden pf_console_files\\n"
    "pf_console_files:\\n"
    ".incbin \\"${join(out, 'assets.bin')}\\"\\n"
    ".byte 0\\n"
    ".popsection\\n");
extern "C" const std::byte pf_console_files[];

namespace pf::console {
namespace {

Bytes part(std::size_t offset, std::size_t size_bytes) { return {pf_console_files + offset, size_bytes}; }

}  // namespace

std::span<const Asset> built_in_assets() noexcept {
  static const Asset assets[] = {
${rows.join('\n')}
  };
  return assets;
}

}  // namespace pf::console
`);
console.log(`console: ${assets.length} files, ${Math.round(offset / 1000)} kB compressed; first load ${Math.round(firstLoadBytes / 1000)} kB`);

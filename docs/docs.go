// Package docs embeds the documents that the server shows under /guide. It
// holds no logic.
package docs

import "embed"

// Files holds the Markdown documents of this folder.
//
//go:embed *.md decisions/*.md
var Files embed.FS

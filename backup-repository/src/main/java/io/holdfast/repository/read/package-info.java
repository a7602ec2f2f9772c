/** Reading backups back: listing, reading one file, restoring a directory, and verifying every stored byte. */
@NullMarked
package io.holdfast.repository.read;

import org.jspecify.annotations.NullMarked;

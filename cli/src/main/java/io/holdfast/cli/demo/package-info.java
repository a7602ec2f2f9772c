/** The demo: a sample database that is backed up, destroyed for real, restored, and compared row by row. */
@NullMarked
package io.holdfast.cli.demo;

import org.jspecify.annotations.NullMarked;

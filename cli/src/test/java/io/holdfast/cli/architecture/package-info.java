/** What the modules may know of each other, and how their packages are made. */
@NullMarked
package io.holdfast.cli.architecture;

import org.jspecify.annotations.NullMarked;

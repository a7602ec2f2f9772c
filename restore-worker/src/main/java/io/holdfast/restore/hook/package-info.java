/** Programs of this host that run around restores, such as those that stop and start services. */
@NullMarked
package io.holdfast.restore.hook;

import org.jspecify.annotations.NullMarked;

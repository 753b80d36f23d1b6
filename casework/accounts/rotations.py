"""What is encrypted here outside of encrypted columns."""

from casework.accounts import second_steps
from casework.common.rotation import rotations

rotations.register("second-steps", second_steps.rotate)

"""`python -m neuralnav_simulator`."""

from neuralnav_simulator.cli import main

if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makes pp_Zmumu_13TeV_5k.lhe.gz: pp -> gamma*/Z -> mu+ mu- at 13 TeV, as the README beside it describes.

    pip install pythia8mc==8.317.2
    python3 make_pp_zmumu.py [output file]

The same version of PYTHIA gives the same bytes.
"""

import gzip
import importlib.metadata
import sys

import pythia8mc

EVENTS = 5000
SETTINGS = [
    "Random:setSeed = on",
    "Random:seed = 4174",
    "Beams:idA = 2212",
    "Beams:idB = 2212",
    "Beams:eCM = 13000.",
    "WeakSingleBoson:ffbar2gmZ = on",  # with gamma*/Z interference
    "PhaseSpace:mHatMin = 40.",
    "23:onMode = off",
    "23:onIfAny = 13",
    # Multiparton interactions and hadrons do not touch the muons; without them the run takes a minute.
    "PartonLevel:MPI = off",
    "HadronLevel:all = off",
]


def muon_pair(event):
    """The final mu- and mu+ of the hard process: after initial-state shower and photon radiation."""
    pair = {}
    for i in range(event.size()):
        particle = event[i]
        if abs(particle.id()) == 13 and particle.statusAbs() == 23:  # outgoing from the hard process
            pair[particle.id()] = event[particle.iBotCopyId()]
    return [pair[13], pair[-13]]


def event_text(muons, scale):
    """One event record: only the two outgoing muons, weight 1."""
    lines = ["<event>", f" 2 1 1 {scale:.6e} -1 -1"]
    for muon in muons:
        momentum = " ".join(f"{value:.8e}" for value in (muon.px(), muon.py(), muon.pz(), muon.e(), muon.m()))
        lines.append(f" {muon.id()} 1 0 0 0 0 {momentum} 0 9")
    return "\n".join(lines + ["</event>\n"])


def header(version, cross_section):
    """The header block repeats everything that is needed to make the file again."""
    return f"""<LesHouchesEvents version="3.0">
<header>
pp -> gamma*/Z -> mu+ mu- at 13 TeV, {EVENTS} unweighted events with m(mu+ mu-) > 40 GeV before radiation.
Made by make_pp_zmumu.py with PYTHIA {version} (pythia8mc), arXiv:2203.11601; leading order, NNPDF2.3 QCD+QED LO.
Listed are only the two muons, after initial-state shower (so that pT is real) and photon radiation. Units: GeV.
Settings: {"; ".join(SETTINGS)}
This file is dedicated to the public domain (CC0 1.0).
</header>
<init>
 2212 2212 6.500000e+03 6.500000e+03 0 0 247000 247000 3 1
 {cross_section[0]:.6e} {cross_section[1]:.6e} 1.000000e+00 1
</init>
"""


def main():
    output = sys.argv[1] if len(sys.argv) > 1 else "pp_Zmumu_13TeV_5k.lhe.gz"
    pythia = pythia8mc.Pythia("", False)
    for setting in SETTINGS + ["Print:quiet = on"]:
        if not pythia.readString(setting):
            sys.exit(f"PYTHIA does not know the setting '{setting}'")
    if not pythia.init():
        sys.exit("PYTHIA could not be initialised")
    events = []
    while len(events) < EVENTS:
        if pythia.next():
            events.append(event_text(muon_pair(pythia.event), pythia.infoPython().QFac()))
    millibarn_to_picobarn = 1e9
    info = pythia.infoPython()
    cross_section = [info.sigmaGen() * millibarn_to_picobarn, info.sigmaErr() * millibarn_to_picobarn]
    text = header(importlib.metadata.version("pythia8mc"), cross_section) + "".join(events) + "</LesHouchesEvents>\n"
    # No file name and no time in the gzip header: the same events give the same bytes.
    with open(output, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.encode())
    print(f"{output}: {len(events)} events, cross section {cross_section[0]:.1f} pb")


if __name__ == "__main__":
    main()

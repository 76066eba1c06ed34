namespace Sluice.Sessions;

// Reading without locks: for packets from outside that have no session, and for people.
internal sealed unsafe partial class MappingTable
{
    /// <summary>Live mappings, and resting ones: a walk over the table.</summary>
    public (int Live, int Resting) Count()
    {
        (int live, int resting) = (0, 0);
        for (uint mapping = 1; mapping < HighWater; mapping++)
        {
            MappingState state = entries[mapping].State;
            live += (state & MappingState.Live) != 0 ? 1 : 0;
            resting += (state & MappingState.Resting) != 0 ? 1 : 0;
        }

        return (live, resting);
    }

    /// <summary>Adds resting ports to counts by public address.</summary>
    public void CountResting(Dictionary<(uint Number, PortClass Ports), int> held)
    {
        for (uint mapping = 1; mapping < HighWater; mapping++)
        {
            MappingEntry* entry = entries + mapping;
            if ((entry->State & MappingState.Resting) == 0) continue;
            var key = (entry->Public, PortClasses.Of(entry->Protocol));
            held[key] = held.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>The live mapping that owns a public endpoint.</summary>
    public bool TryFindPublic(uint number, ushort port, byte protocol, out MappingView view)
    {
        view = default;
        ChainHead* head = byPublic.Of(PublicHash(number, port, protocol));
        var spin = new SpinWait();
        while (true)
        {
            uint version = head->BeginRead();
            uint mapping = Volatile.Read(ref head->First);
            int steps = 0;
            while (mapping != None && steps++ < ChainHeads.StepLimit)
            {
                MappingEntry* entry = entries + mapping;
                if (entry->Public == number && entry->PublicPort == port && entry->Protocol == protocol) break;
                mapping = Volatile.Read(ref entry->NextPublic);
            }

            bool live = mapping != None && (entries[mapping].State & MappingState.Live) != 0;
            if (live) view = ViewOf(mapping);
            if (head->EndRead(version)) return live;
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>The mapping at an index, if there is one.</summary>
    public bool TryView(uint mapping, out MappingView view)
    {
        view = default;
        if (entries[mapping].State == MappingState.Free) return false;
        view = ViewOf(mapping);
        return view.Pool is not null;
    }

    private MappingView ViewOf(uint mapping)
    {
        MappingEntry* entry = entries + mapping;
        PublicAddress* address = shared.Addresses[entry->Public];
        return new MappingView
        {
            Index = mapping,
            InsideRealm = entry->InsideRealm,
            PublicRealm = entry->PublicRealm,
            Protocol = entry->Protocol,
            Inside = InsideOf(mapping),
            InsidePort = entry->InsidePort,
            Public = address->Address,
            PublicPort = entry->PublicPort,
            Sessions = entry->Sessions,
            Pool = shared.PoolOf(entry->Pool),
        };
    }
}
